"""The dependencies of every use case: database, vault, clock, expected stage durations and the operator's policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.clock import Clock
from app.domain.screening import Screenings
from app.domain.start import Policy
from app.domain.verification import Stage
from app.service.trust.vault import Vault
from app.store.db import Database


@dataclass(frozen=True)
class Dependencies:
    database: Database
    vault: Vault
    clock: Clock
    # Seconds a verification may stay in a stage before it is refreshed. Stages that are absent use the default.
    expected_stay: Mapping[Stage, float] = field(default_factory=dict)
    starts: Policy = field(default_factory=Policy)
    screening: Screenings = field(default_factory=Screenings)
    # In the sandbox, the seconds until its test addresses receive a decision. None in production.
    decision_seconds: float | None = None
