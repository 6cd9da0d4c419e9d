"""What a vendor sent by itself, raw and sealed; and where the handling of it stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.inbound import TRANSITIONS, InboundStatus
from app.store.db import Session, UtcDateTime

UNMATCHED = text("status = 'UNMATCHED'")
WAITING = text("status = 'WAITING'")


class InboundEvent(SQLModel, table=True):
    __tablename__ = "inbound_event"
    __table_args__ = (
        Index("inbound_event_identity", "provider", "identity", unique=True),
        Index("inbound_event_by_tenant", "tenant_id", "id"),
        Index("inbound_event_waiting", "verification_id", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("inbound_event_unmatched", "provider", "subject", postgresql_where=UNMATCHED, sqlite_where=UNMATCHED),
    )
    id: str = Field(primary_key=True, max_length=40)
    provider: str = Field(max_length=20)
    # The same for every delivery of one event: later ones are dropped.
    identity: str = Field(max_length=64)
    type: str = Field(max_length=80)
    subject: str | None = Field(default=None, max_length=200)
    external_id: str | None = Field(default=None, max_length=200)
    tenant_id: str | None = Field(default=None, max_length=40, foreign_key="tenant.id")
    customer_id: str | None = Field(default=None, max_length=40, foreign_key="customer.id")
    verification_id: str | None = Field(default=None, max_length=40, foreign_key="verification.id")
    status: str = Field(max_length=20)
    # Whether the look that followed found anything new.
    changed: bool | None = None
    # Sealed under the customer's key once it is known whose it is, by the key ring until then.
    body: bytes
    sent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: dt.datetime = Field(sa_type=UtcDateTime)
    handled_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, statement: Any, *, old: InboundStatus, to: InboundStatus, **values: Any) -> Any:
    """The one door of an inbound event's status: an UPDATE over all that `statement` names and that are in `old`."""
    machine.check(TRANSITIONS, old, to)
    return await session.execute(statement.where(InboundEvent.status == old).values(status=to, **values))
