"""A tenant: the owner of all other rows. Its row also holds the counter that numbers its events."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.store.db import UtcDateTime


class Tenant(SQLModel, table=True):
    id: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=200, unique=True)
    # The number of the newest event. Incremented last in a transaction, so numbers follow the order of commits without gaps.
    event_seq: int = Field(default=0, sa_type=BigInteger)
    # Changes when a backup is restored, so that older cursors are refused and never reused.
    epoch: int = 1
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
