"""Claiming work. The row is the job: a lease says who has it, a fence keeps those who lost it from writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database, Session, now, transaction
from app.domain.ingestion import IngestionStatus, SourceKind
from app.errors import StaleFence
from app.model import ingestion as ingestion_model
from app.model.ingestion import Ingestion
from app.service import ingestion

RELAY_BATCH = 200
FREE = or_(Ingestion.lease_until.is_(None), Ingestion.lease_until < now())


async def claim(core: Any, ingestion_id: str, *, lease_seconds: float) -> Any | None:
    """Takes the row over, and answers it as it was before (with the new fence), or None where there is nothing to do.

    In the same transaction a queued ingestion starts to run, and the intention to redeem its token is written:
    `intent_at` of the answered row is None only for the one who may redeem without looking first.
    """
    async with transaction(core.database) as session:
        row = await ingestion.present(session, ingestion_id)
        if row is None or row.status == IngestionStatus.FINISHED:
            return None
        values: dict[str, Any] = {
            "lease_until": now(lease_seconds),
            "attempts": row.attempts + 1,
            "claims": row.claims + 1,
            "fence": row.fence + 1,
        }
        if row.source_kind == SourceKind.SHARE_TOKEN and row.intent_at is None:
            values["intent_at"] = now()
        taken = await session.execute(
            update(Ingestion)
            .where(Ingestion.id == ingestion_id, Ingestion.fence == row.fence, Ingestion.due_at <= now(), FREE)
            .values(**values)
        )
        if taken.rowcount != 1:
            return None
        if row.status == IngestionStatus.QUEUED:
            await ingestion_model.move(
                session,
                row,
                old=IngestionStatus.QUEUED,
                to=IngestionStatus.RUNNING,
                fence=row.fence + 1,
                started_at=core.clock.now(),
            )
        return row


async def release(session: Session, row: Any, *, fence: int, after: float, claims: int = 0, **values: Any) -> None:
    """Gives the row back, to be taken up again after so many seconds. Giving back on purpose is progress, unless
    `claims` says how often it was claimed in vain."""
    await ingestion_model.write(
        session, row.id, fence=fence, lease_until=None, due_at=now(after), ring_at=now(after), claims=claims, **values
    )


@asynccontextmanager
async def leased(database: Database, ingestion_id: str, *, fence: int, lease_seconds: float) -> AsyncIterator[None]:
    """Renews the lease while the block runs, and interrupts the block with StaleFence where the lease was lost."""
    owner = asyncio.current_task()
    lost = False

    async def renew() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(lease_seconds / 3)
            try:
                async with transaction(database) as session:
                    await _renew(session, ingestion_id, fence=fence, lease_seconds=lease_seconds)
            except StaleFence:
                lost = True
                if owner:
                    owner.cancel()
                return
            except (SQLAlchemyError, OSError):
                continue  # the database is away: the lease runs on until it is back or lost

    renewing = asyncio.create_task(renew())
    try:
        yield
    except asyncio.CancelledError:
        if lost:
            raise StaleFence(ingestion_id) from None
        raise
    finally:
        renewing.cancel()


async def _renew(session: Session, ingestion_id: str, *, fence: int, lease_seconds: float) -> None:
    """Raises StaleFence where the row was taken over. A row that was given back or finished has no lease to renew."""
    renewed = await session.execute(
        update(Ingestion)
        .where(Ingestion.id == ingestion_id, Ingestion.fence == fence, Ingestion.lease_until.is_not(None))
        .values(lease_until=now(lease_seconds))
    )
    if renewed.rowcount != 1:
        raise StaleFence(ingestion_id)


async def due(database: Database) -> Sequence[str]:
    """Ids of rows that ought to be worked on and whose bell has not been rung lately; marks them as rung."""
    async with database.reading() as connection:
        waiting = select(Ingestion.id).where(
            Ingestion.status != IngestionStatus.FINISHED, Ingestion.due_at <= now(), Ingestion.ring_at <= now(), FREE
        )
        if (await connection.execute(waiting.limit(1))).first() is None:
            return ()
    async with transaction(database) as session:
        picked = waiting.order_by(Ingestion.due_at).limit(RELAY_BATCH).with_for_update(skip_locked=True)
        rung = await session.execute(
            update(Ingestion)
            .where(Ingestion.id.in_(picked))
            .values(ring_at=now(ingestion.RING_AGAIN_SECONDS))
            .returning(Ingestion.id)
        )
        return [row.id for row in rung]
