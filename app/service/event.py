"""The event log: events are numbered at the end of each transaction and read in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.model.event import Event
from app.model.tenant import Tenant
from app.store.db import Session, now

COLUMNS = (
    Event.seq, Event.id, Event.type, Event.customer_id, Event.ingestion_id, Event.data, Event.created_at
)  # fmt: skip


@dataclass(frozen=True)
class EventFilter:
    types: frozenset[str] | None = None
    customer_id: str | None = None
    ingestion_id: str | None = None

    def matches(self, row: Any) -> bool:
        return (
            (self.types is None or row.type in self.types)
            and (self.customer_id is None or row.customer_id == self.customer_id)
            and (self.ingestion_id is None or row.ingestion_id == self.ingestion_id)
        )


async def write(session: Session) -> None:
    """Numbers and stores the events of a transaction as its last statements, so numbers follow the order of commits.

    Tenants are locked in sorted order, so two transactions over the same tenants cannot deadlock.
    """
    for tenant_id in sorted({new.tenant_id for new in session.events}):
        mine = [new for new in session.events if new.tenant_id == tenant_id]
        counted = await session.execute(
            update(Tenant)
            .where(Tenant.id == tenant_id)
            .values(event_seq=Tenant.event_seq + len(mine))
            .returning(Tenant.event_seq, now())
        )
        row: Any = counted.one()
        last, at = row[0], row[1]
        first = last - len(mine) + 1
        rows = [
            {
                "tenant_id": tenant_id,
                "seq": first + offset,
                "id": ids.new("evt"),
                "type": new.type,
                "customer_id": new.customer_id,
                "ingestion_id": new.ingestion_id,
                "data": new.data,
                "created_at": _aware(at),
            }
            for offset, new in enumerate(mine)
        ]
        await session.execute(insert(Event), rows)


def _aware(moment: Any) -> dt.datetime:
    parsed = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)


async def head(connection: AsyncConnection, tenant_id: str) -> tuple[int, int]:
    """Returns `(epoch, number of the newest event)` of a tenant, or `(1, 0)` if the tenant does not exist."""
    found = await connection.execute(select(Tenant.epoch, Tenant.event_seq).where(Tenant.id == tenant_id))
    row = found.first()
    return (row.epoch, row.event_seq) if row else (1, 0)


async def after(
    connection: AsyncConnection, tenant_id: str, seq: int, *, limit: int, matching: EventFilter | None = None
) -> Sequence[Any]:
    """Returns at most `limit` events after `seq`, oldest first."""
    query = _matching(tenant_id, matching).where(Event.seq > seq).order_by(Event.seq).limit(limit)
    return (await connection.execute(query)).all()


async def by_id(connection: AsyncConnection, tenant_id: str, event_id: str) -> tuple[Any, int] | None:
    """Returns one event with the tenant's epoch, or None if the tenant has no such event."""
    query = select(*COLUMNS, Tenant.epoch).join(Tenant, Tenant.id == Event.tenant_id)
    row = (await connection.execute(query.where(Event.tenant_id == tenant_id, Event.id == event_id))).first()
    return (row, row.epoch) if row else None


async def before(
    connection: AsyncConnection, tenant_id: str, seq: int | None, *, limit: int, matching: EventFilter | None = None
) -> Sequence[Any]:
    """Returns the last `limit` events before `seq`, oldest first. Without `seq`, returns the end of the log."""
    query = _matching(tenant_id, matching).order_by(Event.seq.desc()).limit(limit)
    if seq is not None:
        query = query.where(Event.seq < seq)
    return list(reversed((await connection.execute(query)).all()))


def _matching(tenant_id: str, matching: EventFilter | None) -> Any:
    query = select(*COLUMNS).where(Event.tenant_id == tenant_id)
    if matching is None:
        return query
    if matching.types is not None:
        query = query.where(Event.type.in_(sorted(matching.types)))
    if matching.customer_id is not None:
        query = query.where(Event.customer_id == matching.customer_id)
    if matching.ingestion_id is not None:
        query = query.where(Event.ingestion_id == matching.ingestion_id)
    return query
