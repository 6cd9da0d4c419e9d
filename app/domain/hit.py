"""Hits and their verdicts, with the rule for when a hit must be judged again."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from app.domain.screening import Hit

# The rise of a score that counts as rounding and does not require another verdict.
RISE = 0.01


class HitVerdict(StrEnum):
    UNREVIEWED = "UNREVIEWED"
    FALSE_POSITIVE = "FALSE_POSITIVE"
    TRUE_POSITIVE = "TRUE_POSITIVE"


class DecisionStatus(StrEnum):
    """The status of a decision. PROPOSED waits for a second person; a later proposal replaces it."""

    PROPOSED = "PROPOSED"
    FINAL = "FINAL"
    REPLACED = "REPLACED"


DECISION_TRANSITIONS = {
    DecisionStatus.PROPOSED: frozenset({DecisionStatus.FINAL, DecisionStatus.REPLACED}),
    DecisionStatus.FINAL: frozenset[DecisionStatus](),
    DecisionStatus.REPLACED: frozenset[DecisionStatus](),
}


def stays_judged(row: Any, hit: Hit) -> bool:
    """Returns whether an earlier verdict still holds: same entry content, and a score that has risen by at most RISE."""
    if row.verdict == HitVerdict.UNREVIEWED or row.entry_digest != hit.digest:
        return False
    return hit.score is None or row.judged_score is None or hit.score <= row.judged_score + RISE
