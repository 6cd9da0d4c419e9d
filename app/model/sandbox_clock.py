"""By how many seconds the sandbox's clock is ahead; one row, and none at all in production."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class SandboxClock(SQLModel, table=True):
    __tablename__ = "sandbox_clock"
    id: int = Field(primary_key=True)
    seconds: float
