"""Faults on request: random by rate with a seed, or scripted one by one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

F = TypeVar("F")


class Fault(StrEnum):
    """A fault of one call. `cut_after`: the effect takes place, but no answer is sent. `stale`: the answer is the one from
    before the last change. `forged`: the answer's signature is wrong, for vendors that sign answers."""

    SERVER_ERROR = "500"
    TOO_MANY = "429"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    TRUNCATED = "truncated"
    NOT_JSON = "not_json"
    UNKNOWN = "unknown"
    STALE = "stale"
    FORGED = "forged"


class WebhookFault(StrEnum):
    """A fault of one webhook: it is never sent, sent twice, or sent after later ones."""

    DROPPED = "webhook_dropped"
    TWICE = "webhook_twice"
    LATE = "webhook_late"


# The statuses that are returned without any effect.
REFUSALS = {Fault.SERVER_ERROR: 500, Fault.TOO_MANY: 429, Fault.UNAUTHORIZED: 401, Fault.FORBIDDEN: 403, Fault.NOT_FOUND: 404}


@dataclass(frozen=True)
class FaultRates:
    """The probability of each fault, from 0 to 1, and a latency in milliseconds for every call."""

    latency_ms: float = 0.0
    rates: Mapping[Fault, float] = field(default_factory=dict)
    webhooks: Mapping[WebhookFault, float] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> FaultRates:
        """Parses `latency=50,500=0.1,cut_after=0.02,webhook_twice=0.3`. Raises ValueError with the known names."""
        latency = 0.0
        rates: dict[Fault, float] = {}
        webhooks: dict[WebhookFault, float] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, _, value = part.partition("=")
            try:
                number = float(value)
                if name == "latency" and number >= 0:
                    latency = number
                    continue
                if not 0 <= number <= 1:
                    raise ValueError
                if name in list(WebhookFault):
                    webhooks[WebhookFault(name)] = number
                else:
                    rates[Fault(name)] = number
            except ValueError:
                known = ", ".join(["latency", *Fault, *WebhookFault])
                raise ValueError(f"{part!r} is no fault: write NAME=RATE with a rate from 0 to 1; names: {known}") from None
        return cls(latency, rates, webhooks)


class Faults:
    """The source of faults, call by call. Scripted faults come first, in order, then random ones, repeatable by seed."""

    def __init__(self, rates: FaultRates, seed: int) -> None:
        self.rates = rates
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._scripts: dict[tuple[str, str], list[Fault]] = {}

    def script(self, operation: str, subject: str, faults: list[Fault]) -> None:
        """Queues faults for the next calls of `operation` on `subject` (a token, an applicant, a session; `*` for any)."""
        self._scripts.setdefault((operation, subject), []).extend(faults)

    def clear(self, operation: str) -> None:
        for key in [key for key in self._scripts if key[0] == operation]:
            del self._scripts[key]

    def next(self, operation: str, subject: str) -> Fault | None:
        for key in ((operation, subject), (operation, "*")):
            if self._scripts.get(key):
                return self._scripts[key].pop(0)
        return self._chosen(self.rates.rates)

    def webhook(self) -> WebhookFault | None:
        return self._chosen(self.rates.webhooks)

    def seconds(self, most: float) -> float:
        return self._random.uniform(0, most)

    def _chosen(self, rates: Mapping[F, float]) -> F | None:
        for fault, rate in rates.items():
            if self._random.random() < rate:
                return fault
        return None
