"""The sandbox's clock: moved forward for everybody at once, so that delays, expiries and retries need not be waited for."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from app.clock import MovableClock
from app.model.sandbox_clock import SandboxClock
from app.service.dependencies import Dependencies
from app.store.db import Database, transaction

log = structlog.get_logger(module=__name__)

ONLY = 1
REFRESH_SECONDS = 0.5
# Ten years: past any expiry, and still a date.
MOST = 10 * 366 * 86_400.0


async def ahead(database: Database) -> float:
    """By how many seconds the clock is ahead."""
    async with database.reading() as connection:
        found = (await connection.execute(select(SandboxClock.seconds).where(SandboxClock.id == ONLY))).scalar()
    return float(found or 0.0)


async def advance(deps: Dependencies, seconds: float) -> float:
    """Moves the clock forward and answers by how much it is ahead now. Never back: what was late stays late."""
    async with transaction(deps.database) as session:
        if not await session.insert_new(SandboxClock, id=ONLY, seconds=seconds):
            moved = update(SandboxClock).where(SandboxClock.id == ONLY)
            await session.execute(moved.values(seconds=SandboxClock.seconds + seconds))
    now_ahead = await ahead(deps.database)
    if isinstance(deps.clock, MovableClock):
        deps.clock.move(now_ahead)
    return now_ahead


async def refresh(database: Database, clock: MovableClock) -> None:
    """Sets a process's clock by the database's. A database that is away, or not migrated yet, leaves it as it is."""
    try:
        clock.move(await ahead(database))
    except (SQLAlchemyError, OSError) as problem:
        log.warning("sandbox_clock.away", error=type(problem).__name__)


async def follow(database: Database, clock: MovableClock) -> None:
    """Keeps a process's clock with the database's, for ever."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        await refresh(database, clock)
