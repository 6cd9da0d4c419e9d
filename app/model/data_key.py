"""The key under which one customer's personal data is encrypted, wrapped by the key ring. Erasing a customer destroys it."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime


class DataKey(SQLModel, table=True):
    __tablename__ = "data_key"
    customer_id: str = Field(primary_key=True, max_length=40, foreign_key="customer.id")
    tenant_id: str = Field(max_length=40)
    wrapped: bytes
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
