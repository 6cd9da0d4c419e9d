"""A hit of a customer's screening, with the verdict of a person. Name, explanation and comment are sealed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.domain.hit import HitVerdict
from app.store.db import Json, UtcDateTime


class AmlHit(SQLModel, table=True):
    __tablename__ = "aml_hit"
    __table_args__ = (Index("aml_hit_of_customer", "customer_id", "screener", "list", "entry", unique=True),)
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    screener: str = Field(max_length=20)
    list: str = Field(max_length=100)
    # The entry's id in its list, and a digest of the entry's content.
    entry: str = Field(max_length=300)
    entry_digest: str = Field(max_length=64)
    topics: Any = Field(sa_type=Json)
    score: float | None = None
    details: bytes
    verdict: str = Field(default=HitVerdict.UNREVIEWED, max_length=20)
    # The score at the verdict. A hit whose score rises later must be judged again.
    judged_score: float | None = None
    judged_by: str | None = Field(default=None, max_length=200)
    credential_id: str | None = Field(default=None, max_length=40)
    comment: bytes | None = None
    judged_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    found_at: dt.datetime = Field(sa_type=UtcDateTime)
    # The time since which its screener no longer returns it.
    withdrawn_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
