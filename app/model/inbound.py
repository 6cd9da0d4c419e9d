"""A webhook event from a provider, raw and sealed, with the status of its handling."""

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
    # Equal for every delivery of one event. Later deliveries are dropped.
    identity: str = Field(max_length=64)
    type: str = Field(max_length=80)
    subject: str | None = Field(default=None, max_length=200)
    external_id: str | None = Field(default=None, max_length=200)
    tenant_id: str | None = Field(default=None, max_length=40, foreign_key="tenant.id")
    customer_id: str | None = Field(default=None, max_length=40, foreign_key="customer.id")
    verification_id: str | None = Field(default=None, max_length=40, foreign_key="verification.id")
    status: str = Field(max_length=20)
    # True if the refresh that followed found a change.
    changed: bool | None = None
    # Sealed by the key ring until the customer is known, then under the customer's key.
    body: bytes
    sent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: dt.datetime = Field(sa_type=UtcDateTime)
    handled_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, statement: Any, *, old: InboundStatus, to: InboundStatus, **values: Any) -> Any:
    """Moves the status of all inbound events that `statement` selects and that are in `old`. All changes go through here."""
    machine.check(TRANSITIONS, old, to)
    return await session.execute(statement.where(InboundEvent.status == old).values(status=to, **values))
