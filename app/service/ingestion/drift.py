"""Drift records: one for each unknown word in a provider's data, with an event for the first occurrence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.drift import Unknown
from app.domain.event import EventType, NewEvent
from app.model.drift import Drift
from app.store.db import Session
from app.store.page import Keyset, newest_first

# The most words stored for one tenant. More than that come from an attack, not from a provider.
MOST_WORDS = 5_000


@dataclass(frozen=True)
class DriftFilter:
    """The drift records to read; None does not restrict."""

    provider: str | None = None
    kinds: Iterable[str] | None = None


async def record(
    session: Session,
    found: Iterable[Unknown],
    *,
    tenant_id: str,
    provider: str,
    at: dt.datetime,
    verification_id: str | None = None,
    customer_id: str | None = None,
) -> None:
    """Counts recorded words up and records an event for new ones. Sorts the words, so two transactions cannot deadlock."""
    for item in sorted(set(found), key=lambda item: (item.kind, item.place, item.word)):
        seen = await session.execute(
            update(Drift)
            .where(
                Drift.tenant_id == tenant_id,
                Drift.provider == provider,
                Drift.kind == item.kind,
                Drift.place == item.place,
                Drift.word == item.word,
            )
            .values(seen=Drift.seen + 1, last_seen_at=at, verification_id=verification_id)
        )
        if seen.rowcount == 0:
            await _first(session, item, tenant_id, provider, at, verification_id, customer_id)


async def _first(
    session: Session,
    item: Unknown,
    tenant_id: str,
    provider: str,
    at: dt.datetime,
    verification_id: str | None,
    customer_id: str | None,
) -> None:
    full = await session.execute(
        select(Drift.id).where(Drift.tenant_id == tenant_id).order_by(Drift.id).offset(MOST_WORDS - 1).limit(1)
    )
    if full.first() is not None:
        return
    drift_id = ids.new("drf")
    first = await session.insert_new(
        Drift,
        id=drift_id,
        tenant_id=tenant_id,
        provider=provider,
        kind=item.kind,
        place=item.place[:120],
        word=item.word,
        seen=1,
        first_seen_at=at,
        last_seen_at=at,
        verification_id=verification_id,
    )
    if not first:
        return
    data: dict[str, Any] = {"driftId": drift_id, "provider": provider, "kind": item.kind, "place": item.place, "word": item.word}
    if verification_id is not None:
        data["verificationId"] = verification_id
    session.record(NewEvent(EventType.PROVIDER_DRIFT_DETECTED, tenant_id, customer_id=customer_id, data=data))


async def by_id(connection: AsyncConnection, tenant_id: str, drift_id: str) -> Any | None:
    """Returns one drift record of a tenant, or None."""
    return (await connection.execute(matching(tenant_id, DriftFilter()).where(Drift.id == drift_id))).first()


def matching(tenant_id: str, wanted: DriftFilter) -> Select[Any]:
    """Returns the query for the drift records of a tenant that match."""
    query: Select[Any] = select(Drift.__table__).where(Drift.tenant_id == tenant_id)
    if wanted.provider is not None:
        query = query.where(Drift.provider == wanted.provider)
    if wanted.kinds is not None:
        query = query.where(Drift.kind.in_(sorted(wanted.kinds)))
    return query


async def page(connection: AsyncConnection, tenant_id: str, wanted: DriftFilter, keyset: Keyset) -> Sequence[Any]:
    """Returns one page of the rows that match, newest first."""
    return await newest_first(connection, matching(tenant_id, wanted), Drift.id, keyset)
