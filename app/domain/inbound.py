"""Webhooks: messages that providers send. Their content is a hint and no more; the state is fetched."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.domain.drift import Unknown


@dataclass(frozen=True)
class Notice:
    """The content of an authentic webhook, read from its body.

    `subject` is the provider's id of the verification, `external_id` ours. `identity` is equal for repeated deliveries of one
    event. `thorough`: the event concerns more than the review, so the whole profile must be refreshed.
    """

    type: str
    identity: bytes
    subject: str | None = None
    external_id: str | None = None
    sent_at: dt.datetime | None = None
    thorough: bool = False
    unknown: tuple[Unknown, ...] = ()


class InboundStatus(StrEnum):
    """The status of an inbound event. UNMATCHED events concern an unknown verification and are matched once it is known."""

    UNMATCHED = "UNMATCHED"
    WAITING = "WAITING"
    HANDLED = "HANDLED"


TRANSITIONS: dict[InboundStatus, frozenset[InboundStatus]] = {
    InboundStatus.UNMATCHED: frozenset({InboundStatus.WAITING}),
    InboundStatus.WAITING: frozenset({InboundStatus.HANDLED}),
    # Replayed on request.
    InboundStatus.HANDLED: frozenset({InboundStatus.WAITING}),
}
