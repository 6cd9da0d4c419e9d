"""A start: a person's request for a verification at a provider. Also its own job until the provider has responded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.start import TRANSITIONS, StartStatus
from app.errors import StaleFence
from app.store.db import Json, Session, UtcDateTime

OPEN = text("status IN ('AWAITING_APPROVAL', 'AUTHORISED', 'UNCERTAIN')")
DUE = text("status = 'AUTHORISED'")


class Start(SQLModel, table=True):
    __tablename__ = "verification_start"
    __table_args__ = (
        # A customer has at most one open start; the database enforces it.
        Index("start_open", "customer_id", unique=True, postgresql_where=OPEN, sqlite_where=OPEN),
        Index("start_by_tenant", "tenant_id", "id"),
        Index("start_by_verification", "verification_id", unique=True),
        Index("start_due", "due_at", postgresql_where=DUE, sqlite_where=DUE),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    # The id of the future verification: the external id sent to the provider, equal for every attempt.
    verification_id: str = Field(max_length=40)
    provider: str = Field(max_length=20)
    level: str | None = Field(default=None, max_length=200)
    integration: str | None = Field(default=None, max_length=60)
    processes: Any = Field(sa_type=Json)
    status: str = Field(max_length=20)
    # The risk answers, sealed because the comment is free text about a customer.
    risk: bytes
    requested_by: str = Field(max_length=200)
    credential_id: str = Field(max_length=40)
    approved_by: str | None = Field(default=None, max_length=200)
    # The time at which the intention to call the provider was written. If set, check the provider before calling.
    called_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The provider's id of the verification, once it is known.
    reference: str | None = Field(default=None, max_length=200)
    problem: Any = Field(default=None, sa_type=Json, nullable=True)
    attempts: int = 0
    fence: int = 0
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    wake_at: dt.datetime = Field(sa_type=UtcDateTime)
    faulty_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, row: Any, *, to: StartStatus, fence: int, **values: Any) -> None:
    """Moves a start's status. All changes go through here. Raises StaleFence if it was moved or claimed since."""
    machine.check(TRANSITIONS, StartStatus(row.status), to)
    await write(session, row, fence=fence, status=to, lease_until=None, **values)


async def write(session: Session, row: Any, *, fence: int, **values: Any) -> None:
    written = await session.execute(
        update(Start).where(Start.id == row.id, Start.fence == fence, Start.status == row.status).values(**values)
    )
    if written.rowcount != 1:
        raise StaleFence(row.id)
