"""The latest check of a customer by one screener: the list versions it searched, its algorithm and its remarks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Field, SQLModel

from app.store.db import Json, UtcDateTime


class AmlCheck(SQLModel, table=True):
    __tablename__ = "aml_check"
    customer_id: str = Field(primary_key=True, max_length=40, foreign_key="customer.id")
    screener: str = Field(primary_key=True, max_length=20)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    screened: str = Field(max_length=20)
    algorithm: str | None = Field(default=None, max_length=100)
    versions: Any = Field(sa_type=Json)
    remarks: Any = Field(sa_type=Json)
    # A keyed digest of the identity that was screened.
    person: str = Field(max_length=64)
    checked_at: dt.datetime = Field(sa_type=UtcDateTime)
