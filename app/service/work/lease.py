"""Leases on rows that are jobs: a lease reserves a row for one worker, and a fence stops a worker that lost it from writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, true, update
from sqlalchemy.exc import SQLAlchemyError

from app.domain.ingestion import IngestionStatus
from app.domain.start import StartStatus
from app.domain.upload import Origin, UploadStatus
from app.errors import StaleFence
from app.model.ingestion import Ingestion
from app.model.rescreening import Rescreening
from app.model.screening import Screening
from app.model.start import Start
from app.model.upload import Upload
from app.model.verification import Verification
from app.notify.wakeup import (
    FETCH_DOCUMENT,
    REFRESH_VERIFICATION,
    RESCREEN,
    RUN_INGESTION,
    SCREEN_CUSTOMER,
    START_VERIFICATION,
    WAKE_AGAIN_SECONDS,
)
from app.store.db import Database, Session, now, transaction

RELAY_BATCH = 200


@dataclass(frozen=True)
class Job:
    """A table whose rows are jobs: the actor that runs them, and the condition for a row that is still open."""

    table: Any
    actor: str
    is_open: Any


JOBS = (
    Job(Ingestion, RUN_INGESTION, Ingestion.status != IngestionStatus.FINISHED),
    Job(Start, START_VERIFICATION, Start.status == StartStatus.AUTHORISED),
    Job(Verification, REFRESH_VERIFICATION, true()),
    Job(Screening, SCREEN_CUSTOMER, Screening.is_open),
    Job(Rescreening, RESCREEN, Rescreening.is_open),
    Job(Upload, FETCH_DOCUMENT, (Upload.status == UploadStatus.WAITING) & (Upload.origin == Origin.URL)),
)


def free(table: Any) -> Any:
    return or_(table.lease_until.is_(None), table.lease_until < now())


async def take(session: Session, table: Any, row: Any, **values: Any) -> bool:
    """Claims a due row that has no valid lease and increments its fence. Returns True if the claim succeeded."""
    taken = await session.execute(
        update(table)
        .where(table.id == row.id, table.fence == row.fence, table.due_at <= now(), free(table))
        .values(fence=row.fence + 1, **values)
    )
    return bool(taken.rowcount == 1)


@asynccontextmanager
async def leased(database: Database, table: Any, row_id: str, *, fence: int, lease_seconds: float) -> AsyncIterator[None]:
    """Renews the lease while the block runs. Cancels the block and raises StaleFence if the lease is lost."""
    owner = asyncio.current_task()
    lost = False

    async def renew() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(lease_seconds / 3)
            try:
                async with transaction(database) as session:
                    await renewed(session, table, row_id, fence=fence, lease_seconds=lease_seconds)
            except StaleFence:
                lost = True
                if owner:
                    owner.cancel()
                return
            except (SQLAlchemyError, OSError):
                continue  # the database is unreachable: keep trying until it is back or the lease is lost

    renewing = asyncio.create_task(renew())
    try:
        yield
    except asyncio.CancelledError:
        if lost:
            raise StaleFence(row_id) from None
        raise
    finally:
        renewing.cancel()


async def renewed(session: Session, table: Any, row_id: str, *, fence: int, lease_seconds: float) -> None:
    """Renews the lease of a row. Raises StaleFence if another worker claimed the row, or if it was released or finished."""
    done = await session.execute(
        update(table)
        .where(table.id == row_id, table.fence == fence, table.lease_until.is_not(None))
        .values(lease_until=now(lease_seconds))
    )
    if done.rowcount != 1:
        raise StaleFence(row_id)


async def due(database: Database) -> Sequence[tuple[str, str]]:
    """Returns actor and id of due rows without a recent wake-up, and schedules their next wake-up."""
    return [(job.actor, row_id) for job in JOBS for row_id in await _due(database, job)]


async def _due(database: Database, job: Job) -> Sequence[str]:
    table = job.table
    waiting = select(table.id).where(job.is_open, table.due_at <= now(), table.wake_at <= now(), free(table))
    async with database.reading() as connection:
        if (await connection.execute(waiting.limit(1))).first() is None:
            return ()
    async with transaction(database) as session:
        picked = waiting.order_by(table.due_at).limit(RELAY_BATCH).with_for_update(skip_locked=True, key_share=True)
        woken = await session.execute(
            update(table).where(table.id.in_(picked)).values(wake_at=now(WAKE_AGAIN_SECONDS)).returning(table.id)
        )
        return [row.id for row in woken]
