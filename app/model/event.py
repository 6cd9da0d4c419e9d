"""The event log: append-only, one stream per tenant, numbered without gaps in the order of commits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from app.store.db import Json, UtcDateTime


class Event(SQLModel, table=True):
    __table_args__ = (
        Index("event_by_customer", "tenant_id", "customer_id", "seq"),
        Index("event_by_ingestion", "tenant_id", "ingestion_id", "seq"),
    )
    tenant_id: str = Field(primary_key=True, max_length=40, foreign_key="tenant.id")
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    id: str = Field(max_length=40, unique=True)
    type: str = Field(max_length=60)
    customer_id: str | None = Field(default=None, max_length=40)
    ingestion_id: str | None = Field(default=None, max_length=40)
    data: Any = Field(sa_type=Json)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
