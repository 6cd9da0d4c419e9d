"""The twin's state in memory: sessions with their attempts and media, and counts of effects."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from providers.veriff.twin.answer import Problem
from providers.veriff.twin.options import Options
from providers.veriff.twin.scenario import Scenario

WINDOW_SECONDS = 5.0
# A session lives for seven days. The tenth request to resubmit becomes a decline.
LIFE_SECONDS = 7 * 86_400.0
RESUBMISSIONS, TOO_OFTEN = 9, 539
UNDECIDED = frozenset({"created", "started", "submitted"})
FINAL = frozenset({"approved", "declined", "expired", "abandoned"})


@dataclass
class Attempt:
    id: str
    created_at: float
    status: str = "created"


@dataclass
class Session:
    id: str
    integration: str
    scenario: Scenario
    created_at: float
    given: dict[str, Any]
    attempts: list[Attempt]
    media: list[dict[str, Any]] = field(default_factory=list)
    status: str = "created"
    decision: dict[str, Any] | None = None
    decided_at: float | None = None
    resubmissions: int = 0
    due: float | None = None
    watchlist: dict[str, Any] | None = None
    # The previous decision, as a lagging replica would still return it.
    before: dict[str, Any] | None = None

    @property
    def attempt(self) -> Attempt:
        return self.attempts[-1]


class Store:
    def __init__(self, options: Options) -> None:
        self._options = options
        self._made = 0
        self.sessions: dict[str, Session] = {}
        self.effects: Counter[str] = Counter()
        self._calls: deque[float] = deque()

    def new_id(self, kind: str) -> str:
        """Returns a UUID that depends only on the seed, the kind and the order of calls."""
        self._made += 1
        text = hashlib.sha256(f"{self._options.seed}/{kind}/{self._made}".encode()).hexdigest()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"

    def make(self, scenario: Scenario, integration: str, given: dict[str, Any], at: float, *, blank: bool) -> Session:
        """Creates and stores a session of a scenario. A `blank` one has no media yet."""
        session = Session(
            self.new_id("session"), integration, scenario, at, given, [Attempt(self.new_id("attempt"), at)],
            watchlist=scenario.watchlist,
        )  # fmt: skip
        if not blank:
            session.media = [
                {"id": self.new_id("media"), "attempt": session.attempt.id, "number": self._made, **item} for item in scenario.media
            ]
        self.sessions[session.id] = session
        self.effects["created"] += 1
        return session

    def owned(self, session_id: str, integration: str) -> Session:
        """Returns a session of the integration. Raises Problem (404) if it does not exist or belongs to another one."""
        found = self.sessions.get(session_id)
        if found is None or found.integration != integration:
            raise Problem(404, "Session not found")
        return found

    def limit(self, now: float) -> None:
        while self._calls and self._calls[0] <= now - WINDOW_SECONDS:
            self._calls.popleft()
        if len(self._calls) >= self._options.calls_per_5s:
            raise Problem(429, "Too many requests")
        self._calls.append(now)


def stamp(at: float) -> str:
    """Returns a time in Veriff's format, e.g. `2026-03-02T09:20:11.104321Z`."""
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
