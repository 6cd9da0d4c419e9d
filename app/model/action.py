"""What somebody had done to a verification at its vendor: the intention written before the call, the end of it after."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.action import TRANSITIONS, ActionStatus
from app.store.db import Session, UtcDateTime


class VendorAction(SQLModel, table=True):
    __tablename__ = "vendor_action"
    __table_args__ = (Index("vendor_action_by_verification", "verification_id", "id"),)
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    verification_id: str = Field(max_length=40, foreign_key="verification.id")
    kind: str = Field(max_length=30)
    status: str = Field(max_length=20)
    # What was asked for, sealed: reasons are free text about a person.
    parameters: bytes
    requested_by: str = Field(max_length=200)
    credential_id: str = Field(max_length=40)
    # The vendor's count of reviews when it was asked for: tells, after any doubt, whether another one has begun.
    attempt: int = 0
    # Who has the lease makes the call; nobody else does.
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    error_code: str | None = Field(default=None, max_length=60)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, row: VendorAction, *, to: ActionStatus, **values: object) -> None:
    """Moves an action's status, the only way to do so. The caller has read the row with a lock in this transaction."""
    machine.check(TRANSITIONS, ActionStatus(row.status), to)
    await session.execute(update(VendorAction).where(VendorAction.id == row.id).values(status=to, **values))
