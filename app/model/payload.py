"""A vendor's answer as it came, encrypted under the customer's key, so that results can be computed again."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class Payload(SQLModel, table=True):
    __table_args__ = (Index("payload_by_ingestion", "ingestion_id", "kind"),)
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40)
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    ingestion_id: str = Field(max_length=40, foreign_key="ingestion.id")
    provider: str = Field(max_length=20)
    kind: str = Field(max_length=60)
    body: bytes
    fetched_at: dt.datetime = Field(sa_type=UtcDateTime)
