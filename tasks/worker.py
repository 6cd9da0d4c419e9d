"""The worker process of a distributed set-up: `gatehouse worker`."""

from __future__ import annotations

import asyncio
import signal

import structlog

from app import log, migrate, wiring
from app.config import Settings
from app.jobs import Bell
from tasks import broker, pool

logger = structlog.get_logger(module=__name__)


async def run(settings: Settings, *, concurrency: int) -> None:
    """Works until SIGTERM or SIGINT, then drains. Refuses to start while migrations are pending."""
    log.configure(settings.log_level)
    await migrate.require_current(settings.database_url)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with wiring.opened(settings) as parts:
        doorbell = broker.make(settings.redis_url)
        bell = Bell(lambda actor, subject_id: broker.ring(doorbell, actor, subject_id), blocking=settings.redis_url is not None)
        parts.core.database.on_commit(lambda committed: bell.ring(committed.jobs))
        await bell.start()
        try:
            async with (
                pool.workshop(settings, parts.core) as shop,
                pool.working(doorbell, bell, shop, concurrency=concurrency),
            ):
                logger.info("worker.ready", concurrency=concurrency)
                await stopped.wait()
                logger.info("worker.draining")
        finally:
            await bell.stop()
            doorbell.close()
