"""A value from a provider that no table here knows: one row per tenant, with the count and the place of its occurrences."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime


class Drift(SQLModel, table=True):
    __table_args__ = (
        Index("drift_word", "tenant_id", "provider", "kind", "place", "word", unique=True),
        Index("drift_by_tenant", "tenant_id", "id"),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    provider: str = Field(max_length=20)
    kind: str = Field(max_length=30)
    place: str = Field(max_length=120)
    word: str = Field(max_length=100)
    seen: int
    first_seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    # The place of its latest occurrence.
    verification_id: str | None = Field(default=None, max_length=40)
