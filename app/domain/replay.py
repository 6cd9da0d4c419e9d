"""Replays: requests to compute stored data again, and their findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.provider import ProviderName


class Replayed(StrEnum):
    """The kind of stored data that was computed again."""

    EVENT = "EVENT"
    RESULT = "RESULT"
    VERIFICATION = "VERIFICATION"


@dataclass(frozen=True)
class Wanted:
    """The data to compute again; at most a hundred of each kind, newest first."""

    kinds: Collection[Replayed] = tuple(Replayed)
    provider: ProviderName | None = None
    customer_id: str | None = None
    types: Collection[str] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    event_ids: Collection[str] | None = None


@dataclass(frozen=True)
class Difference:
    """A change that a replay would make, or has changed. `before` and `after` may hold personal data."""

    kind: Replayed
    subject_id: str
    field: str
    before: Any
    after: Any
    applied: bool
    # The reason why a requested change was not applied.
    reason: str | None = None


@dataclass(frozen=True)
class Replay:
    examined: int
    differences: Sequence[Difference]
