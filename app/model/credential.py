"""A credential. Only a keyed digest of its secret is stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Field, SQLModel

from app.store.db import Json, UtcDateTime


class Credential(SQLModel, table=True):
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id", index=True)
    # The customer that a customer's own token belongs to.
    customer_id: str | None = Field(default=None, max_length=40)
    kind: str = Field(max_length=20)
    role: str = Field(max_length=20)
    name: str = Field(max_length=200)
    scopes: Any = Field(sa_type=Json)
    digest: bytes
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
