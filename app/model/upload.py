"""A document image from a customer: sent here by PUT, or fetched from a URL. Also its own job while it is fetched."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.upload import TRANSITIONS, UploadStatus
from app.errors import StaleFence
from app.store.db import Json, Session, UtcDateTime

FETCHING = text("status = 'WAITING' AND origin = 'URL'")


class Upload(SQLModel, table=True):
    __table_args__ = (
        Index("upload_by_customer", "customer_id", "id"),
        Index("upload_due", "due_at", postgresql_where=FETCHING, sqlite_where=FETCHING),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    origin: str = Field(max_length=10)
    status: str = Field(max_length=20)
    # The context of its file. None until a document refers to it.
    context: str | None = Field(default=None, max_length=60)
    # The URL to fetch, sealed. Destroyed once the upload has ended.
    url: bytes | None = None
    # The place where the current attempt stores its bytes. The next attempt removes the remains of an interrupted one.
    place: str | None = Field(default=None, max_length=200)
    # The properties that the caller announced, or None.
    content_type: str | None = Field(default=None, max_length=60)
    size: int | None = None
    sha256: str | None = Field(default=None, max_length=64)
    # The reason why it cannot be used, and the warnings about it: codes and messages without personal data.
    error: Any = Field(default=None, sa_type=Json, nullable=True)
    warnings: Any = Field(default=None, sa_type=Json, nullable=True)
    attempts: int = 0
    fence: int = 0
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    wake_at: dt.datetime = Field(sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, row: Any, *, to: UploadStatus, fence: int, **values: Any) -> None:
    """Moves an upload's status. All changes go through here. Raises StaleFence if it has ended or was claimed since."""
    machine.check(TRANSITIONS, UploadStatus(row.status), to)
    await write(session, row.id, fence=fence, status=to, url=None, lease_until=None, **values)


async def write(session: Session, upload_id: str, *, fence: int, **values: Any) -> None:
    """Writes columns of a waiting upload. Raises StaleFence if it has ended or was claimed since."""
    written = await session.execute(
        update(Upload).where(Upload.id == upload_id, Upload.fence == fence, Upload.status == UploadStatus.WAITING).values(**values)
    )
    if written.rowcount != 1:
        raise StaleFence(upload_id)
