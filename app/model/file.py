"""A file, from a verification or from the customer: the location of its encrypted bytes, their type and their content."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime


class File(SQLModel, table=True):
    __table_args__ = (
        Index("file_by_ingestion", "ingestion_id", "process"),
        Index("file_by_upload", "upload_id", unique=True),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40)
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    # Exactly one of the two is set: the source of the file.
    ingestion_id: str | None = Field(default=None, max_length=40, foreign_key="ingestion.id")
    upload_id: str | None = Field(default=None, max_length=40, foreign_key="upload.id")
    process: str | None = Field(default=None, max_length=30)
    position: int
    category: str = Field(max_length=20)
    context: str = Field(max_length=60)
    content_type: str = Field(max_length=60)
    size: int
    sha256: str = Field(max_length=64)
    blob: str = Field(max_length=200)
    # The original bytes, if `blob` holds a cleaned copy. Kept as evidence, never served.
    original: str | None = Field(default=None, max_length=200)
    vendor_id: str | None = Field(default=None, max_length=200)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
