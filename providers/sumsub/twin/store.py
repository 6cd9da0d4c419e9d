"""State of the twin: applicants, share tokens, and the ledger of effects that reveals repeated calls."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import os
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from providers.sumsub.twin.answer import Problem
from providers.sumsub.twin.options import Options
from providers.sumsub.twin.scenario import Scenario

WINDOW_SECONDS = 5.0
AML_SECONDS = 60.0
# Reuse errors, docs.sumsub.com/reference/reusable-kyc.
REUSE_NAMES = {
    "10501": "not-in-partners-list",
    "10503": "invalid-share-token",
    "10507": "applicant-not-approved",
    "10508": "applicant-not-active",
    "10512": "no-required-document-overlap",
    "10516": "age-not-acceptable",
}


@dataclass
class Applicant:
    """An applicant of the twin. `facts` holds the top-level fields, `steps` the document that satisfied each step, and `verdict`
    the time (epoch seconds) and review with which the check will end."""

    id: str
    inspection_id: str
    scenario: Scenario
    external_user_id: str
    level: str
    created_at: float
    facts: dict[str, Any]
    steps: dict[str, Any]
    images: list[dict[str, Any]] = field(default_factory=list)
    status: str = "init"
    result: dict[str, Any] | None = None
    attempt: int = 1
    reviewed_at: float | None = None
    verdict: tuple[float, dict[str, Any]] | None = None
    aml: dict[str, Any] | None = None
    # The data of the documents that were added by calls.
    papers: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False
    blocked: bool = False
    risk: list[dict[str, Any]] = field(default_factory=list)
    buttons: dict[str, list[str]] = field(default_factory=dict)
    # The review before the last change, returned by a simulated stale replica.
    before: dict[str, Any] | None = None


class Store:
    def __init__(self, options: Options) -> None:
        self._options = options
        self._made = 0
        self.applicants: dict[str, Applicant] = {}
        self.by_external: dict[str, str] = {}
        self.by_inspection: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.spent: set[str] = set()
        # Links to the hosted page: external user ids by link token.
        self.links: dict[str, str] = {}
        self.effects: Counter[str] = Counter()
        self._calls: dict[str, deque[float]] = {"GET": deque(), "POST": deque(), "AML": deque()}

    def new_id(self, kind: str) -> str:
        """Returns an id of 24 hexadecimal digits. The same seed and order of calls produce the same ids."""
        self._made += 1
        return hashlib.sha256(f"{self._options.seed}/{kind}/{self._made}".encode()).hexdigest()[:24]

    def new_number(self) -> int:
        self._made += 1
        return 1_000_000_000 + self._made * 100

    def make(self, scenario: Scenario, *, external: str | None, level: str, at: float, blank: bool = False) -> Applicant:
        """Creates an applicant of a scenario. A `blank` one has submitted nothing yet."""
        number = self.new_number()
        applicant = Applicant(
            self.new_id("applicant"),
            self.new_id("inspection"),
            scenario,
            external or f"copy-{self.new_id('external')}",
            level,
            at,
            {} if blank else copy.deepcopy(scenario.applicant),
            {} if blank else copy.deepcopy(scenario.steps),
            [] if blank else [{"id": str(number + index), **image} for index, image in enumerate(scenario.images)],
            aml=scenario.aml,
        )
        self.applicants[applicant.id] = applicant
        self.by_external[applicant.external_user_id] = applicant.id
        self.by_inspection[applicant.inspection_id] = applicant.id
        return applicant

    def share(self, scenario_name: str) -> str:
        """Creates a share token for a scenario's donor applicant. Raises Problem 404 for an unknown scenario."""
        scenario = self._options.scenarios.get(scenario_name)
        if scenario is None:
            raise Problem(404, f"There is no scenario {scenario_name}")
        token = f"_act-sbx-jwt-{scenario_name}-{self.new_id('token')}"
        self.tokens[token] = scenario_name
        if scenario.redeem == "used":
            self.spent.add(token)
        return token

    def donor(self, token: str, external: str) -> Scenario:
        """Returns the scenario behind a token. Raises the same Problem 401 for used and unknown tokens, as Sumsub does, and
        Problem 400 if the donor cannot be imported."""
        if token not in self.tokens or token in self.spent:
            self.note("refused", token, external)
            raise Problem(401, "Token is invalid")
        scenario = self._options.scenarios[self.tokens[token]]
        if scenario.redeem not in ("ok", "used"):
            raise Problem(400, "Share token cannot be used", int(scenario.redeem), REUSE_NAMES.get(scenario.redeem))
        return scenario

    def redeem(self, token: str, *, external: str, level: str, at: float, product: str) -> Applicant:
        """Spends a token and creates the applicant. Raises Problem 409 if the external user id is taken."""
        scenario = self.donor(token, external)
        if external and external in self.by_external:
            raise Problem(409, f"Applicant with external user id '{external}' already exists")
        self.spent.add(token)
        self.note("redeemed", token, external)
        self.effects[product] += 1
        return self.make(scenario, external=external, level=level, at=at)

    def note(self, effect: str, token: str, external: str) -> None:
        """Appends an effect to the ledger before the response is sent, in a single write that survives a killed process."""
        self.effects[effect] += 1
        if self._options.ledger is None:
            return
        line = f"{effect} {hashlib.sha256(token.encode()).hexdigest()[:16]} {external}\n".encode()
        handle = os.open(self._options.ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    def limit(self, method: str, now: float) -> None:
        """Counts a call against the account's limits per five seconds. Raises Problem 429 if a limit is exceeded."""
        read = method == "GET"
        self._count("GET" if read else "POST", now, self._options.reads_per_5s if read else self._options.writes_per_5s)

    def limit_aml(self, now: float) -> None:
        """Counts a call against the separate limit of AML cases per minute. Raises Problem 429 if it is exceeded."""
        self._count("AML", now, self._options.aml_per_minute, AML_SECONDS)

    def _count(self, kind: str, now: float, most: int, window: float = WINDOW_SECONDS) -> None:
        calls = self._calls[kind]
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= most:
            self.effects["rate_limited"] += 1
            raise Problem(429, "Too many requests")
        calls.append(now)


def stamp(at: float) -> str:
    """Returns the time in UTC in Sumsub's format, for example `2026-03-02 09:14:07`."""
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
