"""The relay: wakes workers for every due row that has none. It makes lost messages, an emptied Redis and crashes harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.service.dependencies import Dependencies
from app.service.document import upload
from app.service.trust import credential
from app.service.verification import inbound
from app.service.work import idempotency, lease
from app.store.db import transaction

log = structlog.get_logger(module=__name__)

ROUND_SECONDS = 0.3
TIDY_SECONDS, MATCH_SECONDS = 3600.0, 20.0
# The number of waiting messages at which the relay adds no more.
ENOUGH = 500


async def run(
    deps: Dependencies,
    wake: Callable[[Sequence[tuple[str, str]]], None],
    depth: Callable[[], int],
    tidy: Callable[[], Awaitable[None]],
) -> None:
    """Wakes workers for due rows until cancelled, and calls `tidy` every hour. Retries while the database or broker is down.

    Adds no messages while ENOUGH wait: a long backlog stays in the database, where it costs nothing.
    """
    loop = asyncio.get_running_loop()
    tidy_at, match_at = loop.time() + TIDY_SECONDS, loop.time() + MATCH_SECONDS
    while True:
        try:
            waiting = await asyncio.to_thread(depth)
            due = await lease.due(deps.database) if waiting < ENOUGH else ()
            if due:
                wake(due)
            if loop.time() >= match_at:
                match_at = loop.time() + MATCH_SECONDS
                async with transaction(deps.database) as session:
                    await inbound.match_late(session)
            if loop.time() >= tidy_at:
                tidy_at = loop.time() + TIDY_SECONDS
                await tidy()
                async with transaction(deps.database) as session:
                    await idempotency.forget_old(session, at=deps.clock.now())
                    await inbound.forget_unmatched(session)
                    await upload.forget_unsent(session, at=deps.clock.now())
                    await credential.forget_ended(session, at=deps.clock.now())
        except (SQLAlchemyError, RedisError, OSError) as problem:
            log.warning("relay.away", error=type(problem).__name__)
            await asyncio.sleep(1.0)
        await asyncio.sleep(ROUND_SECONDS)
