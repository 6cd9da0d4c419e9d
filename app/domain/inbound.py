"""What vendors send by themselves: webhooks. Their content is a hint and no more; the state is fetched."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.domain.drift import Unknown


@dataclass(frozen=True)
class Notice:
    """What the body of an authentic webhook says it is about.

    `subject` is the vendor's id of the verification, `external_id` ours. `identity` is the same for repeated deliveries of
    one event. `thorough`: the event is about more than the review, so the whole profile must be looked at.
    """

    type: str
    identity: bytes
    subject: str | None = None
    external_id: str | None = None
    sent_at: dt.datetime | None = None
    thorough: bool = False
    unknown: tuple[Unknown, ...] = ()


class InboundStatus(StrEnum):
    """Where an inbound event stands. What is about nothing we know waits, and is matched when it becomes known."""

    UNMATCHED = "UNMATCHED"
    WAITING = "WAITING"
    HANDLED = "HANDLED"


TRANSITIONS: dict[InboundStatus, frozenset[InboundStatus]] = {
    InboundStatus.UNMATCHED: frozenset({InboundStatus.WAITING}),
    InboundStatus.WAITING: frozenset({InboundStatus.HANDLED}),
    # Replayed on request.
    InboundStatus.HANDLED: frozenset({InboundStatus.WAITING}),
}
