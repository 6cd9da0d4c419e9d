"""A customer of the firm. Name and e-mail are encrypted under the customer's own key."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel

from app.db import Json, Session, UtcDateTime
from app.domain import machine
from app.domain.customer import KYC_TRANSITIONS, AmlDecision, AmlStatus, CustomerStatus, KycStatus, Standing, status
from app.domain.event import EventType, NewEvent


class Customer(SQLModel, table=True):
    __table_args__ = (
        Index("customer_by_tenant", "tenant_id", "id"),
        Index("customer_external", "tenant_id", "external_id", unique=True),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    external_id: str | None = Field(default=None, max_length=200)
    type: str = Field(max_length=20)
    kyc_status: str = Field(max_length=30)
    aml_status: str = Field(max_length=30)
    aml_decision: str | None = Field(default=None, max_length=20)
    risk_level: str = Field(max_length=20)
    tags: Any = Field(sa_type=Json)
    personal: bytes
    status_since: dt.datetime = Field(sa_type=UtcDateTime)
    deactivated_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


def standing(row: Any) -> Standing:
    """The stored facts of a row from which its status follows."""
    return Standing(
        KycStatus(row.kyc_status),
        AmlStatus(row.aml_status),
        AmlDecision(row.aml_decision) if row.aml_decision else None,
        row.deactivated_at is not None,
    )


async def move(session: Session, row: Any, *, to: KycStatus, at: dt.datetime, reason: str) -> None:
    """The one door of kycStatus: checks the table, writes, and records what changed."""
    before = standing(row)
    machine.check(KYC_TRANSITIONS, before.kyc, to)
    after = Standing(to, before.aml, before.decision, before.deactivated)
    await session.execute(update(Customer).where(Customer.id == row.id).values(kyc_status=to, updated_at=at, status_since=at))
    session.record(_changed(row, EventType.CUSTOMER_KYC_STATUS_CHANGED, before.kyc, to))
    if status(before) is not status(after):
        session.record(_changed(row, EventType.CUSTOMER_STATE_CHANGED, status(before), status(after), reason=reason))


async def set_active(session: Session, row: Any, *, active: bool, at: dt.datetime) -> None:
    """Deactivates a customer, or takes that back. The machines of kycStatus and aml stay as they are."""
    before = standing(row)
    after = Standing(before.kyc, before.aml, before.decision, not active)
    await session.execute(
        update(Customer).where(Customer.id == row.id).values(deactivated_at=None if active else at, updated_at=at, status_since=at)
    )
    reason = "reactivated" if active else "deactivated"
    session.record(_changed(row, EventType.CUSTOMER_STATE_CHANGED, status(before), status(after), reason=reason))


def _changed(
    row: Any,
    type_: EventType,
    old: KycStatus | CustomerStatus,
    new: KycStatus | CustomerStatus,
    *,
    reason: str | None = None,
) -> NewEvent:
    data: dict[str, Any] = {"customerId": row.id, "oldStatus": old, "newStatus": new}
    if type_ is EventType.CUSTOMER_STATE_CHANGED:
        data |= {"reason": reason, "requiredDocuments": []}
    return NewEvent(type_, row.tenant_id, customer_id=row.id, data=data)
