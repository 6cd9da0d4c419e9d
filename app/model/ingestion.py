"""An ingestion, which is also its own job: lease, fence, attempts and due time are columns, a queue message is a wake-up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.event import EventType, NewEvent
from app.domain.ingestion import TRANSITIONS, IngestionStatus
from app.errors import StaleFence
from app.store.db import Json, Session, UtcDateTime

OPEN = text("status <> 'FINISHED'")


class Ingestion(SQLModel, table=True):
    __table_args__ = (
        Index("ingestion_by_tenant", "tenant_id", "id"),
        Index("ingestion_by_customer", "tenant_id", "customer_id", "id"),
        Index("ingestion_due", "due_at", postgresql_where=OPEN, sqlite_where=OPEN),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    provider: str = Field(max_length=20)
    status: str = Field(max_length=20)
    processes: Any = Field(sa_type=Json)
    source_kind: str = Field(max_length=20)
    # The source that the caller named. Encrypted while needed, destroyed when the ingestion is finished.
    source: bytes | None = None
    source_fingerprint: str = Field(max_length=64)
    # The provider's id of the verification, once it is known.
    provider_reference: str | None = Field(default=None, max_length=200)
    # The time at which the intention to redeem a single-use token was written. If set, check the provider before calling.
    intent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    claims: int = 0
    fence: int = 0
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    wake_at: dt.datetime = Field(sa_type=UtcDateTime)
    faulty_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    started_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, row: Any, *, old: IngestionStatus, to: IngestionStatus, fence: int, **values: Any) -> None:
    """Moves an ingestion's status: checks the transition, writes under the fence and records the event.

    All changes go through here. Raises StaleFence if another worker has claimed the row since.
    """
    machine.check(TRANSITIONS, old, to)
    await write(session, row.id, fence=fence, status=to, **values)
    data = {"ingestionId": row.id, "oldStatus": old, "newStatus": to}
    session.record(NewEvent(EventType.INGESTION_STATUS_CHANGED, row.tenant_id, row.customer_id, ingestion_id=row.id, data=data))


async def write(session: Session, ingestion_id: str, *, fence: int, **values: Any) -> None:
    """Writes columns of a claimed row under its fence. Every write after a claim goes through here.

    Raises StaleFence if another worker has claimed the row since, or if the ingestion is finished.
    """
    written = await session.execute(
        update(Ingestion)
        .where(Ingestion.id == ingestion_id, Ingestion.fence == fence, Ingestion.status != IngestionStatus.FINISHED)
        .values(**values)
    )
    if written.rowcount != 1:
        raise StaleFence(ingestion_id)
