"""The worker process of a distributed deployment: `gatehouse worker`."""

from __future__ import annotations

import asyncio
import signal

import structlog

from app import log, wiring
from app.config import Settings
from app.store import migrate
from tasks import pool

logger = structlog.get_logger(module=__name__)


async def run(settings: Settings, *, concurrency: int) -> None:
    """Works until SIGTERM or SIGINT, then drains. Raises ConfigurationFault while migrations are pending."""
    log.configure(settings.log_level)
    await migrate.require_current(settings.database_url)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with (
        wiring.opened(settings) as parts,
        pool.waking(settings, parts.deps) as (queue, waker),
        pool.work_context(settings, parts.deps) as context,
        pool.working(queue, waker, context, concurrency=concurrency),
    ):
        logger.info("worker.ready", concurrency=concurrency)
        await stopped.wait()
        logger.info("worker.draining")
