"""The offset of the sandbox's clock, in seconds: one row, and none in production."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class SandboxClock(SQLModel, table=True):
    __tablename__ = "sandbox_clock"
    id: int = Field(primary_key=True)
    seconds: float
