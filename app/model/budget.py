"""The call budget of a provider account: the times of its most recent allowed calls, shared by all processes."""

from __future__ import annotations

from typing import Any

from sqlmodel import Field, SQLModel

from app.store.db import Json


class Budget(SQLModel, table=True):
    account: str = Field(primary_key=True, max_length=80)
    kind: str = Field(primary_key=True, max_length=20)
    # The times of the calls allowed in the last window, in seconds since the epoch by the database's clock, oldest first.
    grants: Any = Field(sa_type=Json)
    blocked_until: float = 0.0
