"""What every use case is handed: the database, the vault and the clock."""

from __future__ import annotations

from dataclasses import dataclass

from app.clock import Clock
from app.db import Database
from app.service.vault import Vault


@dataclass(frozen=True)
class Core:
    database: Database
    vault: Vault
    clock: Clock
