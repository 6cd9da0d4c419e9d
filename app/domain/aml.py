"""Screening against sanctions and watch lists: its results, and the moves of `aml.status` that follow."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from app.domain.customer import AmlDecision, AmlStatus


class Screened(StrEnum):
    """The result of one screener. Only CLEAR says that there is nothing.

    ABSENT: it has nothing to look into, and does not count. NONE: it ought to have looked, and has not. SILENT: it has not
    answered, so not even that is known. UNSURE: it found nothing, and would have missed something: for a person to look at.
    """

    ABSENT = "ABSENT"
    NONE = "NONE"
    SILENT = "SILENT"
    RUNNING = "RUNNING"
    CLEAR = "CLEAR"
    UNSURE = "UNSURE"
    HITS = "HITS"


# The worst first: the other screeners cannot outweigh a screener that found a hit, or one that failed.
WORST = (Screened.HITS, Screened.UNSURE, Screened.NONE, Screened.SILENT, Screened.RUNNING, Screened.CLEAR)
# The results that are not final.
OPEN = frozenset({Screened.SILENT, Screened.RUNNING})


class Result(StrEnum):
    """The combined result of all screeners and of people's judgements. FOR_A_PERSON: nothing new to judge, but not nothing."""

    NONE = "NONE"
    SILENT = "SILENT"
    RUNNING = "RUNNING"
    CLEAR = "CLEAR"
    FOR_A_PERSON = "FOR_A_PERSON"
    NEW_HITS = "NEW_HITS"


def result(found: Iterable[Screened], *, hits: int, unjudged: int) -> Result:
    """Returns the worst of the screeners' results, or NONE if no screener ran. `hits` are those found at present."""
    counted = {screened for screened in found if screened is not Screened.ABSENT}
    worst = next((screened for screened in WORST if screened in counted), Screened.NONE)
    if unjudged:
        return Result.NEW_HITS
    if hits or worst in (Screened.HITS, Screened.UNSURE):
        return Result.FOR_A_PERSON
    return Result(worst.value)


A = AmlStatus
TRANSITIONS: dict[AmlStatus, frozenset[AmlStatus]] = {
    A.NOT_SCREENED: frozenset({A.IN_PROGRESS}),
    A.IN_PROGRESS: frozenset({A.CLEAR, A.NEEDS_REVIEW}),
    A.NEEDS_REVIEW: frozenset({A.RESOLVED}),
    A.CLEAR: frozenset({A.IN_PROGRESS}),
    A.RESOLVED: frozenset({A.IN_PROGRESS}),
}
REVIEW = (A.IN_PROGRESS, A.NEEDS_REVIEW)
# The moves that follow from the current status and the result, in order. Unlisted pairs move nothing: hits wait for a person,
# a clear screening does not withdraw a finding, and a decision stands until there is a new hit.
MOVES: dict[tuple[AmlStatus, Result], tuple[AmlStatus, ...]] = {
    (A.NOT_SCREENED, Result.RUNNING): (A.IN_PROGRESS,),
    (A.NOT_SCREENED, Result.CLEAR): (A.IN_PROGRESS, A.CLEAR),
    (A.NOT_SCREENED, Result.FOR_A_PERSON): REVIEW,
    (A.NOT_SCREENED, Result.NEW_HITS): REVIEW,
    (A.IN_PROGRESS, Result.CLEAR): (A.CLEAR,),
    (A.IN_PROGRESS, Result.FOR_A_PERSON): (A.NEEDS_REVIEW,),
    (A.IN_PROGRESS, Result.NEW_HITS): (A.NEEDS_REVIEW,),
    (A.CLEAR, Result.FOR_A_PERSON): REVIEW,
    (A.CLEAR, Result.NEW_HITS): REVIEW,
    (A.RESOLVED, Result.NEW_HITS): REVIEW,
}
# These statuses apply to the identity as it was screened. A changed identity must be screened again.
STALE_WITH_THE_PERSON = frozenset({A.CLEAR, A.RESOLVED})


def moves(status: AmlStatus, found: Result, decision: AmlDecision | None) -> tuple[AmlStatus, ...]:
    """Returns the moves that follow from a result. A clear result does not lift a rejection: a person decides again."""
    if found is Result.CLEAR and decision is AmlDecision.REJECTED:
        found = Result.FOR_A_PERSON
    return MOVES.get((status, found), ())


def kept(decision: AmlDecision | None, to: AmlStatus) -> AmlDecision | None:
    """Returns the part of a decision that survives a move of the status: a rejection stays until another decision is recorded."""
    return decision if to is A.RESOLVED or decision is AmlDecision.REJECTED else None
