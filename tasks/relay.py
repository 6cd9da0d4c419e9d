"""The relay: rings for every row that is due and has no worker. It makes lost messages, emptied Redis and crashes harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db import transaction
from app.service import idempotency, ingestion, work
from app.service.core import Core

log = structlog.get_logger(module=__name__)

BEAT_SECONDS = 0.3
TIDY_SECONDS = 3600.0


async def run(core: Core, ring: Callable[[Sequence[tuple[str, str]]], None]) -> None:
    """Looks for due rows, for ever. A database that is away is waited for."""
    loop = asyncio.get_running_loop()
    tidy_at = loop.time() + TIDY_SECONDS
    while True:
        try:
            due = await work.due(core.database)
            if due:
                ring([(ingestion.ACTOR, ingestion_id) for ingestion_id in due])
            if loop.time() >= tidy_at:
                tidy_at = loop.time() + TIDY_SECONDS
                async with transaction(core.database) as session:
                    await idempotency.forget_old(session, at=core.clock.now())
        except (SQLAlchemyError, OSError) as problem:
            log.warning("relay.database_away", error=type(problem).__name__)
            await asyncio.sleep(1.0)
        await asyncio.sleep(BEAT_SECONDS)
