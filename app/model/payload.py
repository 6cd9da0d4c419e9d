"""A provider's raw response, encrypted under the customer's key, so that results can be computed again."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime


class Payload(SQLModel, table=True):
    __table_args__ = (
        Index("payload_by_ingestion", "ingestion_id", "kind"),
        Index("payload_by_verification", "verification_id", "kind"),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40)
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    # Exactly one of the two is set: the ingestion that fetched it, or the verification whose last refresh did.
    ingestion_id: str | None = Field(default=None, max_length=40, foreign_key="ingestion.id")
    verification_id: str | None = Field(default=None, max_length=40, foreign_key="verification.id")
    provider: str = Field(max_length=20)
    kind: str = Field(max_length=60)
    body: bytes
    fetched_at: dt.datetime = Field(sa_type=UtcDateTime)
