"""Veriff's own screening in our words. Source: devdocs.veriff.com, watch-list screening: `matchStatus`."""

from __future__ import annotations

from app.domain.aml import Screened
from providers.tree import Tree

STATUSES = {"no_match": Screened.CLEAR, "possible_match": Screened.HITS}


def read(answer: Tree) -> Screened:
    """A status that nobody knows is no result."""
    return STATUSES.get(answer.at("data", "matchStatus").text or "", Screened.RUNNING)
