"""Hits and what people make of them: what stays judged, and when a hit must be judged (again)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from app.domain.screening import Hit

# By how much a score may rise without the hit being another one: rounding, not news.
RISE = 0.01


class HitVerdict(StrEnum):
    UNREVIEWED = "UNREVIEWED"
    FALSE_POSITIVE = "FALSE_POSITIVE"
    TRUE_POSITIVE = "TRUE_POSITIVE"


class DecisionStatus(StrEnum):
    """PROPOSED waits for a second person; a later proposal replaces it."""

    PROPOSED = "PROPOSED"
    FINAL = "FINAL"
    REPLACED = "REPLACED"


DECISION_TRANSITIONS = {
    DecisionStatus.PROPOSED: frozenset({DecisionStatus.FINAL, DecisionStatus.REPLACED}),
    DecisionStatus.FINAL: frozenset[DecisionStatus](),
    DecisionStatus.REPLACED: frozenset[DecisionStatus](),
}


def stays_judged(row: Any, hit: Hit) -> bool:
    """Whether a verdict given earlier still holds: the entry says what it said then, and fits no better than it did."""
    if row.verdict == HitVerdict.UNREVIEWED or row.entry_digest != hit.digest:
        return False
    return hit.score is None or row.judged_score is None or hit.score <= row.judged_score + RISE
