"""A customer of a tenant. Name, e-mail and all declared data are encrypted under the customer's own key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel, col

from app.domain import machine
from app.domain.aml import TRANSITIONS as AML_TRANSITIONS
from app.domain.aml import kept
from app.domain.customer import KYC_TRANSITIONS, AmlDecision, AmlStatus, KycStatus, Standing, status
from app.domain.event import EventType, NewEvent
from app.domain.kyc import SUBMISSION_TRANSITIONS, Submission
from app.store.db import Json, Session, UtcDateTime, every_column, first, one

IN_SANDBOX = text("sandbox IS NOT NULL")


class Customer(SQLModel, table=True):
    __table_args__ = (
        Index("customer_by_tenant", "tenant_id", "id"),
        Index("customer_external", "tenant_id", "external_id", unique=True),
        Index("customer_sandbox", "sandbox", postgresql_where=IN_SANDBOX, sqlite_where=IN_SANDBOX),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    external_id: str | None = Field(default=None, max_length=200)
    type: str = Field(max_length=20)
    kyc_status: str = Field(max_length=30)
    aml_status: str = Field(max_length=30)
    aml_screened_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    aml_decision: str | None = Field(default=None, max_length=20)
    # A keyed digest of the identity that was screened to reach the status. A changed identity must be screened again.
    aml_person: str | None = Field(default=None, max_length=64)
    risk_level: str = Field(max_length=20)
    tags: Any = Field(sa_type=Json)
    personal: bytes
    # The submitted data, its completeness, and the names of the missing fields (no personal data).
    submission: str = Field(default=Submission.NONE, max_length=20, sa_column_kwargs={"server_default": "NONE"})
    submissions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    kyc_data: bytes | None = None
    required_fields: Any = Field(default=None, sa_type=Json, nullable=True)
    submitted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The sandbox behaviour of a customer with a test address. Never set in production.
    sandbox: str | None = Field(default=None, max_length=20)
    status_since: dt.datetime = Field(sa_type=UtcDateTime)
    deactivated_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


def standing(row: Customer) -> Standing:
    """Returns the stored facts that determine a customer's status."""
    return Standing(
        KycStatus(row.kyc_status),
        AmlStatus(row.aml_status),
        AmlDecision(row.aml_decision) if row.aml_decision else None,
        row.deactivated_at is not None,
        Submission(row.submission),
    )


async def locked(session: Session, customer_id: str) -> Customer:
    """Returns the locked row of an existing customer. The lock serialises the transactions that move its status."""
    query = every_column(Customer).where(col(Customer.id) == customer_id)
    return one(Customer, await session.execute(query.with_for_update(key_share=True)))


async def find_locked(session: Session, tenant_id: str, customer_id: str) -> Customer | None:
    """Returns the locked row, or None if the tenant has no such customer."""
    query = every_column(Customer).where(col(Customer.id) == customer_id, col(Customer.tenant_id) == tenant_id)
    return first(Customer, await session.execute(query.with_for_update(key_share=True)))


async def move(
    session: Session, row: Customer, *, to: KycStatus, at: dt.datetime, reason: str, required: Sequence[str] = ()
) -> None:
    """Moves kycStatus: checks the transition, writes it and records the events. All changes go through here.

    `required` names the documents that the customer must provide, or provide again.
    """
    before = standing(row)
    machine.check(KYC_TRANSITIONS, before.kyc, to)
    await _write(session, row, at=at, kyc_status=to, status_since=at)
    data = {"customerId": row.id, "oldStatus": before.kyc, "newStatus": to}
    session.record(NewEvent(EventType.CUSTOMER_KYC_STATUS_CHANGED, row.tenant_id, customer_id=row.id, data=data))
    _tell(session, row, before, replace(before, kyc=to), reason=reason, required=required)


async def move_aml(session: Session, row: Customer, *, to: AmlStatus, at: dt.datetime, reason: str, **values: Any) -> None:
    """Moves aml.status: checks the transition, writes it and records the events. All changes go through here.

    A decision to clear ends with its status.
    """
    before = standing(row)
    machine.check(AML_TRANSITIONS, before.aml, to)
    decision = values.pop("aml_decision", kept(before.decision, to))
    await _write(session, row, at=at, aml_status=to, aml_decision=decision, status_since=at, **values)
    data = {"customerId": row.id, "oldStatus": before.aml, "newStatus": to}
    session.record(NewEvent(EventType.AML_STATUS_CHANGED, row.tenant_id, customer_id=row.id, data=data))
    _tell(session, row, before, replace(before, aml=to, decision=decision), reason=reason)


async def resolve_aml(session: Session, row: Customer, *, decision: AmlDecision, at: dt.datetime) -> None:
    """Resolves the customer's screening with a recorded decision, once every hit is judged."""
    await move_aml(session, row, to=AmlStatus.RESOLVED, at=at, reason=f"aml_{decision.lower()}", aml_decision=decision)


async def screened(session: Session, row: Customer, *, at: dt.datetime, person: str) -> None:
    """Stores that the screening of an identity has returned a result."""
    values = {"aml_screened_at": at, "aml_person": person}
    await session.execute(update(Customer).where(col(Customer.id) == row.id).values(**values))


async def submit(
    session: Session, row: Customer, *, to: Submission, at: dt.datetime, reason: str, required: Sequence[str], **values: Any
) -> None:
    """Stores a submission. All changes go through here; equal completeness changes no status."""
    before = standing(row)
    if to is not before.submission:
        machine.check(SUBMISSION_TRANSITIONS, before.submission, to)
        values["status_since"] = at
    await _write(session, row, at=at, submission=to, **values)
    _tell(session, row, before, replace(before, submission=to), reason=reason, required=required)


async def set_active(session: Session, row: Customer, *, active: bool, at: dt.datetime) -> None:
    """Deactivates or reactivates a customer. Leaves kycStatus and aml.status unchanged."""
    before = standing(row)
    await _write(session, row, at=at, deactivated_at=None if active else at, status_since=at)
    reason = "reactivated" if active else "deactivated"
    _tell(session, row, before, replace(before, deactivated=not active), reason=reason)


async def _write(session: Session, row: Customer, *, at: dt.datetime, **values: Any) -> None:
    await session.execute(update(Customer).where(col(Customer.id) == row.id).values(updated_at=at, **values))


def _tell(session: Session, row: Customer, before: Standing, after: Standing, *, reason: str, required: Sequence[str] = ()) -> None:
    """Records the event of a changed status, with the reason and the kinds of required documents."""
    old, new = status(before), status(after)
    if old is new:
        return
    data = {"customerId": row.id, "oldStatus": old, "newStatus": new, "reason": reason, "requiredDocuments": list(required)}
    session.record(NewEvent(EventType.CUSTOMER_STATE_CHANGED, row.tenant_id, customer_id=row.id, data=data))
