"""Changes that people made to a customer, each with its reason. The reason is free text about a customer, so it is sealed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime


class CustomerChange(SQLModel, table=True):
    __tablename__ = "customer_change"
    __table_args__ = (Index("customer_change_by_customer", "tenant_id", "customer_id", "id"),)
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    kind: str = Field(max_length=30)
    reason: bytes
    requested_by: str = Field(max_length=200)
    credential_id: str = Field(max_length=40)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
