"""The sandbox clock: moved forward for all processes at once, so that tests need not wait for delays, expiries and retries."""

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
    """Returns the number of seconds by which the sandbox clock is ahead."""
    async with database.reading() as connection:
        found = (await connection.execute(select(SandboxClock.seconds).where(SandboxClock.id == ONLY))).scalar()
    return float(found or 0.0)


async def advance(deps: Dependencies, seconds: float) -> float:
    """Moves the clock forward, never back. Returns the number of seconds by which it is ahead now."""
    async with transaction(deps.database) as session:
        if not await session.insert_new(SandboxClock, id=ONLY, seconds=seconds):
            moved = update(SandboxClock).where(SandboxClock.id == ONLY)
            await session.execute(moved.values(seconds=SandboxClock.seconds + seconds))
    now_ahead = await ahead(deps.database)
    if isinstance(deps.clock, MovableClock):
        deps.clock.move(now_ahead)
    return now_ahead


async def refresh(database: Database, clock: MovableClock) -> None:
    """Sets a process's clock from the database. Leaves it unchanged if the database is unavailable or not migrated yet."""
    try:
        clock.move(await ahead(database))
    except (SQLAlchemyError, OSError) as problem:
        log.warning("sandbox_clock.away", error=type(problem).__name__)


async def follow(database: Database, clock: MovableClock) -> None:
    """Updates a process's clock from the database every REFRESH_SECONDS, until cancelled."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        await refresh(database, clock)
