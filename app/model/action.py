"""Actions on a verification at its provider. The row is written before the call, and its outcome after the call."""

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
    # The requested parameters, sealed because reasons are free text about a customer.
    parameters: bytes
    requested_by: str = Field(max_length=200)
    credential_id: str = Field(max_length=40)
    # The provider's count of reviews at the request. After an uncertain call it shows whether another review has begun.
    attempt: int = 0
    # Only the holder of the lease makes the call.
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    error_code: str | None = Field(default=None, max_length=60)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, row: VendorAction, *, to: ActionStatus, **values: object) -> None:
    """Moves an action's status. All changes go through here; the caller has locked the row in this transaction."""
    machine.check(TRANSITIONS, ActionStatus(row.status), to)
    await session.execute(update(VendorAction).where(VendorAction.id == row.id).values(status=to, **values))
