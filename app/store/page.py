"""Keyset paging: a page is selected by the id where it begins, so a deep page costs no more than the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Keyset:
    """The part of a list to read: `limit` rows after one id or before another, from the end if `backwards`."""

    limit: int
    backwards: bool = False
    after: str | None = None
    before: str | None = None


# `key` is a mapped column, which SQLModel types as its value.
async def newest_first(connection: AsyncConnection, query: Select[Any], key: Any, keyset: Keyset) -> Sequence[Any]:
    """Returns the rows of one page in reading direction. Ids sort by time, so the newest row has the greatest id."""
    if keyset.after is not None:
        query = query.where(key < keyset.after)
    if keyset.before is not None:
        query = query.where(key > keyset.before)
    query = query.order_by(key.asc() if keyset.backwards else key.desc()).limit(keyset.limit)
    rows: Sequence[Any] = (await connection.execute(query)).all()
    return rows
