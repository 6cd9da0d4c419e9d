"""A verification at a provider: its stage in our vocabulary, and the customer's moves that follow from it.

The vendor's own words are kept beside ours. A word that no table knows moves nothing: the last sure stage stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.customer import KycStatus


class Stage(StrEnum):
    CREATED = "CREATED"
    IN_PROGRESS = "IN_PROGRESS"
    APPROVED = "APPROVED"
    RESUBMISSION_REQUESTED = "RESUBMISSION_REQUESTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


class ReviewAnswer(StrEnum):
    GREEN = "GREEN"
    RED = "RED"


class RejectType(StrEnum):
    RETRY = "RETRY"
    FINAL = "FINAL"


class Approval(StrEnum):
    """The approval state of a verification. A revoked approval continues to count for its customer."""

    NEVER = "NEVER"
    HELD = "HELD"
    TAKEN_BACK = "TAKEN_BACK"


@dataclass(frozen=True, repr=False)
class ImageReview:
    """One image of a step, with its own verdict. `image_id` is the provider's."""

    image_id: str
    answer: str | None = None
    labels: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    customer_comment: str | None = None
    internal_comment: str | None = None


@dataclass(frozen=True, repr=False)
class StepReview:
    """One step of the provider's flow: the submitted images, and the verdict. Words are the provider's own."""

    name: str
    answer: str | None = None
    document_type: str | None = None
    country: str | None = None
    labels: tuple[str, ...] = ()
    customer_comment: str | None = None
    internal_comment: str | None = None
    images: tuple[ImageReview, ...] = ()


@dataclass(frozen=True, repr=False)
class VendorState:
    """The current state of a verification at its provider. `stage` is None if the provider's status is unknown.

    `active` is None if the profile's presence was not read, `data_digest` if the profile was not. `attempt` counts the
    provider's reviews of this verification.
    """

    stage: Stage | None
    review_status: str | None = None
    answer: ReviewAnswer | None = None
    labels: tuple[str, ...] = ()
    reject_type: RejectType | None = None
    buttons: tuple[str, ...] = ()
    customer_comment: str | None = None
    internal_comment: str | None = None
    level: str | None = None
    external_id: str | None = None
    attempt: int = 0
    decided_at: dt.datetime | None = None
    active: bool | None = None
    data_digest: str | None = None
    steps: tuple[StepReview, ...] = ()


@dataclass(frozen=True)
class Known:
    """The stored state of a verification, for comparing."""

    attempt: int
    decided_at: dt.datetime | None
    level: str | None


# The longest lag of a provider's replica.
LAG = dt.timedelta(minutes=10)


def is_older(fetched: VendorState, known: Known, *, at: dt.datetime) -> bool:
    """Returns whether a response is older than the known state. Provider replicas lag; a late response must change nothing.

    Of two verdicts the one with the later date counts. An undecided response about an earlier attempt counts as late only for
    the longest lag of a replica, because a provider may restart its count of attempts.
    """
    if known.decided_at is None:
        return False
    if fetched.decided_at is not None:
        return fetched.decided_at < known.decided_at
    earlier = 0 < fetched.attempt < known.attempt and fetched.level == known.level
    return earlier and at - known.decided_at < LAG


REFUSING = frozenset({Stage.CREATED, Stage.RESUBMISSION_REQUESTED, Stage.DECLINED, Stage.EXPIRED})

S, K = Stage, KycStatus
# The moves that follow from a customer's kycStatus and a verification's stage, in order. Unlisted pairs move nothing:
# an approval that is checked again stands until the verdict, and only ingestion moves a customer without a start.
MOVES: dict[tuple[KycStatus, Stage], tuple[KycStatus, ...]] = {
    (K.PENDING, S.IN_PROGRESS): (K.IN_PROGRESS,),
    (K.PENDING, S.APPROVED): (K.VERIFIED,),
    (K.PENDING, S.RESUBMISSION_REQUESTED): (K.AWAITING_RESUBMISSION,),
    (K.PENDING, S.DECLINED): (K.FAILED,),
    (K.PENDING, S.EXPIRED): (K.FAILED,),
    (K.IN_PROGRESS, S.APPROVED): (K.VERIFIED,),
    (K.IN_PROGRESS, S.RESUBMISSION_REQUESTED): (K.AWAITING_RESUBMISSION,),
    (K.IN_PROGRESS, S.DECLINED): (K.FAILED,),
    (K.IN_PROGRESS, S.EXPIRED): (K.FAILED,),
    (K.AWAITING_RESUBMISSION, S.IN_PROGRESS): (K.IN_PROGRESS,),
    (K.AWAITING_RESUBMISSION, S.APPROVED): (K.VERIFIED,),
    (K.AWAITING_RESUBMISSION, S.DECLINED): (K.FAILED,),
    (K.AWAITING_RESUBMISSION, S.EXPIRED): (K.FAILED,),
    # A verdict taken back. A reset leaves nothing to stand on: all of it must be given again.
    (K.VERIFIED, S.CREATED): (K.AWAITING_RESUBMISSION,),
    (K.VERIFIED, S.RESUBMISSION_REQUESTED): (K.AWAITING_RESUBMISSION,),
    (K.VERIFIED, S.DECLINED): (K.FAILED,),
    (K.VERIFIED, S.EXPIRED): (K.FAILED,),
    (K.FAILED, S.CREATED): (K.PENDING,),
    (K.FAILED, S.IN_PROGRESS): (K.IN_PROGRESS,),
    (K.FAILED, S.APPROVED): (K.VERIFIED,),
    (K.FAILED, S.RESUBMISSION_REQUESTED): (K.IN_PROGRESS, K.AWAITING_RESUBMISSION),
}


def moves(kyc: KycStatus, stage: Stage) -> tuple[KycStatus, ...]:
    """Returns the moves of a customer that follow from its verification's stage."""
    return MOVES.get((kyc, stage), ())


def approval(before: Approval, stage: Stage) -> Approval:
    """Returns the next state of an approval. Only a refusal or a reset revokes it; a check in progress does not."""
    if stage is Stage.APPROVED:
        return Approval.HELD
    return Approval.TAKEN_BACK if before is Approval.HELD and stage in REFUSING else before


MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# The seconds in a stage after which the provider is polled even if no webhook arrived: the first interval, and the longest
# after repeated unchanged responses. Nothing depends on webhooks arriving, not even an approval's reversal.
EXPECTED_STAY: dict[Stage, tuple[float, float]] = {
    Stage.CREATED: (HOUR, DAY),
    Stage.IN_PROGRESS: (5 * MINUTE, 6 * HOUR),
    Stage.APPROVED: (DAY, DAY),
    Stage.RESUBMISSION_REQUESTED: (HOUR, DAY),
    Stage.DECLINED: (DAY, 7 * DAY),
    Stage.EXPIRED: (DAY, 7 * DAY),
}


def next_refresh(stage: Stage, quiet: int, expected: Mapping[Stage, float] | None = None) -> float:
    """Returns the seconds until the next refresh; `quiet` counts the refreshes that found nothing new."""
    first, most = EXPECTED_STAY[stage]
    if expected and stage in expected:
        first = expected[stage]
        most = max(first, min(most, first * 16))
    return float(min(first * 2 ** min(quiet, 16), most))
