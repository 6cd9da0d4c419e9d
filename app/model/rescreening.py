"""A rescreening of all customers against a new version of a list: a job, with its progress."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel

from app.errors import StaleFence
from app.store.db import Session, UtcDateTime

OPEN = text("is_open")


class Rescreening(SQLModel, table=True):
    __table_args__ = (Index("rescreening_due", "due_at", postgresql_where=OPEN, sqlite_where=OPEN),)
    id: str = Field(primary_key=True, max_length=40)
    list: str = Field(max_length=100)
    version: str = Field(max_length=100)
    is_open: bool
    # The number of customers at its start, of those done, and of those with a new hit to judge.
    total: int
    done: int = 0
    found: int = 0
    # The id of the last customer done.
    place: str = Field(default="", max_length=40)
    fence: int = 0
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    wake_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def write(session: Session, rescreening_id: str, *, fence: int, **values: object) -> None:
    """Writes columns of a claimed row. Raises StaleFence if another worker has claimed it since."""
    written = await session.execute(
        update(Rescreening).where(Rescreening.id == rescreening_id, Rescreening.fence == fence).values(**values)
    )
    if written.rowcount != 1:
        raise StaleFence(rescreening_id)
