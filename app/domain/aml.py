"""Screening against sanctions and watch lists: what a vendor's own screening has found, and the moves of `aml.status`."""

from __future__ import annotations

from enum import StrEnum

from app.domain.customer import AmlStatus


class Screened(StrEnum):
    """What a vendor's own screening says. NONE: it ran none, which is not the same as having found nothing."""

    NONE = "NONE"
    RUNNING = "RUNNING"
    CLEAR = "CLEAR"
    HITS = "HITS"


A = AmlStatus
TRANSITIONS: dict[AmlStatus, frozenset[AmlStatus]] = {
    A.NOT_SCREENED: frozenset({A.IN_PROGRESS}),
    A.IN_PROGRESS: frozenset({A.CLEAR, A.NEEDS_REVIEW}),
    A.NEEDS_REVIEW: frozenset({A.RESOLVED}),
    A.CLEAR: frozenset({A.IN_PROGRESS}),
    A.RESOLVED: frozenset({A.IN_PROGRESS}),
}
# The moves that follow, in order, from the present status and what was found. What is not listed moves nothing: hits wait for a
# person, and no screening that found nothing takes a finding back.
MOVES: dict[tuple[AmlStatus, Screened], tuple[AmlStatus, ...]] = {
    (A.NOT_SCREENED, Screened.RUNNING): (A.IN_PROGRESS,),
    (A.NOT_SCREENED, Screened.CLEAR): (A.IN_PROGRESS, A.CLEAR),
    (A.NOT_SCREENED, Screened.HITS): (A.IN_PROGRESS, A.NEEDS_REVIEW),
    (A.IN_PROGRESS, Screened.CLEAR): (A.CLEAR,),
    (A.IN_PROGRESS, Screened.HITS): (A.NEEDS_REVIEW,),
    (A.CLEAR, Screened.HITS): (A.IN_PROGRESS, A.NEEDS_REVIEW),
}


def moves(status: AmlStatus, found: Screened) -> tuple[AmlStatus, ...]:
    return MOVES.get((status, found), ())
