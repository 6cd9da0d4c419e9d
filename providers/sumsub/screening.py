"""Sumsub's own screening in our words. Source: docs.sumsub.com, AML case; `review.answer` is GREEN, YELLOW or RED."""

from __future__ import annotations

from app.domain.aml import Screened
from providers.tree import Tree

ANSWERS = {"YELLOW": Screened.HITS, "RED": Screened.HITS}


def read(case: Tree) -> Screened:
    """A case without an answer is still open. GREEN is clear only without hits: what was found, people here judge."""
    answer = case.at("review", "answer").text
    if answer == "GREEN":
        return Screened.HITS if case.at("hits").value else Screened.CLEAR
    return ANSWERS.get(answer or "", Screened.RUNNING)
