"""What every use case is handed: the database, the vault, the clock, the sweep's table, and what the firm has set."""

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
    # Seconds that a verification may stay in a stage before its vendor is asked, where they are not the usual ones.
    expected_stay: Mapping[Stage, float] = field(default_factory=dict)
    starts: Policy = field(default_factory=Policy)
    screening: Screenings = field(default_factory=Screenings)
    # In the sandbox, after how many seconds its test addresses are decided about; None in production.
    decision_seconds: float | None = None
