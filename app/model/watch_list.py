"""A version of a watch list, with its entries. At most one version of each list is in use."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.lists.version import TRANSITIONS, ListStatus
from app.store.db import Session, UtcDateTime

ACTIVE = text("status = 'ACTIVE'")


class WatchList(SQLModel, table=True):
    __tablename__ = "watch_list"
    __table_args__ = (Index("watch_list_active", "name", unique=True, postgresql_where=ACTIVE, sqlite_where=ACTIVE),)
    id: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=100)
    version: str = Field(max_length=100)
    format: str = Field(max_length=20)
    licence: str = Field(max_length=500)
    # The digest of the source file, in hexadecimal.
    sha256: str = Field(max_length=64)
    # The lowest score at which an entry is shown as a hit.
    threshold: float
    status: str = Field(max_length=20)
    entries: int = 0
    imported_at: dt.datetime = Field(sa_type=UtcDateTime)


class WatchEntry(SQLModel, table=True):
    __tablename__ = "watch_entry"
    list_id: str = Field(primary_key=True, max_length=40, foreign_key="watch_list.id")
    key: str = Field(primary_key=True, max_length=300)
    content: bytes


async def move(session: Session, row_id: str, *, old: ListStatus, to: ListStatus, **values: object) -> bool:
    """Moves a version's status. All changes go through here. Returns False if the status is not `old`."""
    machine.check(TRANSITIONS, old, to)
    moved = await session.execute(
        update(WatchList).where(WatchList.id == row_id, WatchList.status == old).values(status=to, **values)
    )
    return bool(moved.rowcount == 1)
