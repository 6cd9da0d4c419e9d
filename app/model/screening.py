"""A customer's screening, which is also its own job: the screeners to call, and the time of the next attempt."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel

from app.errors import StaleFence
from app.store.db import Json, Session, UtcDateTime

OPEN = text("is_open")


class Screening(SQLModel, table=True):
    __table_args__ = (
        Index("screening_of_customer", "customer_id", unique=True),
        Index("screening_due", "due_at", postgresql_where=OPEN, sqlite_where=OPEN),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    # The ids of the verifications whose providers may have screened the customer.
    verifications: Any = Field(sa_type=Json)
    is_open: bool
    # The time at which this round was requested, and the time by which every screener had returned a result.
    asked_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The number of calls to the provider that returned no result.
    quiet: int = 0
    # The number of requests. A round that began before the latest request is followed by another.
    requests: int = 0
    fence: int = 0
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    wake_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


async def write(session: Session, screening_id: str, *, fence: int, **values: object) -> None:
    """Writes columns of a claimed row. Raises StaleFence if another worker has claimed it since."""
    written = await session.execute(
        update(Screening).where(Screening.id == screening_id, Screening.fence == fence).values(**values)
    )
    if written.rowcount != 1:
        raise StaleFence(screening_id)
