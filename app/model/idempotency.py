"""Idempotency keys of mutations, each with the digest of the input and the id of the created object."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime


class IdempotencyKey(SQLModel, table=True):
    __tablename__ = "idempotency_key"
    tenant_id: str = Field(primary_key=True, max_length=40, foreign_key="tenant.id")
    operation: str = Field(primary_key=True, max_length=60)
    key: str = Field(primary_key=True, max_length=255)
    input_digest: str = Field(max_length=64)
    subject_id: str = Field(max_length=40)
    created_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
