"""The ledger: one charge for each authorised start, written in the transaction that authorises it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.start import CHARGE_TRANSITIONS, ChargeStatus
from app.store.db import Session, UtcDateTime


class Charge(SQLModel, table=True):
    __table_args__ = (
        Index("charge_of_start", "start_id", unique=True),
        Index("charge_by_day", "tenant_id", "created_at"),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    start_id: str = Field(max_length=40, foreign_key="verification_start.id")
    provider: str = Field(max_length=20)
    status: str = Field(max_length=20)
    # The person who started the verification, and the one who approved it if two are required.
    spent_by: str = Field(max_length=200)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def end(session: Session, start_id: str, *, to: ChargeStatus, at: dt.datetime) -> None:
    """Confirms or releases a charge. All changes go through here; a charge that has already ended does not change."""
    machine.check(CHARGE_TRANSITIONS, ChargeStatus.HELD, to)
    await session.execute(
        update(Charge).where(Charge.start_id == start_id, Charge.status == ChargeStatus.HELD).values(status=to, ended_at=at)
    )
