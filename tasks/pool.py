"""Workers inside a process: Dramatiq's threads wait, the work itself runs on the process's event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from dramatiq import Worker
from dramatiq.broker import Broker

import providers
from app.config import Settings
from app.domain.provider import CallBudget, CallKind
from app.domain.screening import Screener, ScreenerName
from app.notify import background
from app.notify.wakeup import Bell
from app.service.context import Patience, Workshop
from app.service.dependencies import Core
from app.service.document import blob, cleaner, fetch, receiver
from app.service.screening import matcher, provider_screener
from app.service.work import budget
from providers import wire, yente
from tasks import broker, ingestion, loop, relay, sandbox, screening, start, upload, verification

DRAIN_SECONDS = 20.0
# How often an idle consumer looks whether it is to stop. Messages wake it at once.
IDLE_MILLISECONDS = 250


@asynccontextmanager
async def ringing(settings: Settings, core: Core) -> AsyncIterator[tuple[Broker, Bell]]:
    """The process's broker, and the bell that is rung after each commit that leaves work behind."""
    doorbell = broker.make(settings.redis_url)
    bell = Bell(lambda actor, subject: broker.ring(doorbell, actor, subject), blocking=settings.redis_url is not None)
    core.database.on_commit(lambda committed: bell.ring(committed.jobs))
    await bell.start()
    try:
        yield doorbell, bell
    finally:
        await bell.stop()
        doorbell.close()


@asynccontextmanager
async def workshop(settings: Settings, core: Core) -> AsyncIterator[Workshop]:
    """Everything that carrying out ingestions needs, with one HTTP client for all vendors."""

    def account_budget(account: str, limits: dict[CallKind, int]) -> CallBudget:
        # Embedded, this process is the only one that calls.
        if settings.embedded:
            return budget.LocalBudget(limits)
        return budget.SharedBudget(core.database, account, limits)

    blobs = blob.BlobStore(blob.open_store(settings.blobs))
    fetcher = fetch.Fetcher(settings.fetch_allowed_hosts, samples=not settings.production)
    lists = matcher.Matcher(core.database)
    async with wire.client() as http, contextlib.aclosing(lists):
        vendors = providers.build(settings, http, account_budget, core.clock.now)
        every: dict[ScreenerName, Callable[[], Screener]] = {
            ScreenerName.PROVIDER: lambda: provider_screener.VendorScreener(vendors),
            ScreenerName.LISTS: lambda: lists,
            ScreenerName.YENTE: lambda: yente.build(settings, http),
        }
        yield Workshop(
            core,
            blobs,
            vendors,
            Patience(settings.provider_retry_seconds, settings.provider_readiness_seconds, settings.lease_seconds),
            receiver.Reception(core, blobs, cleaner.Cleaner(), fetcher),
            {name: every[name]() for name in settings.screeners},
        )


@asynccontextmanager
async def working(doorbell: Broker, bell: Bell, shop: Workshop, *, concurrency: int) -> AsyncIterator[None]:
    """Runs workers and relay while the block runs, then drains: what is at work may end, the rest is given back."""
    running: set[asyncio.Task[None]] = set()
    submit = loop.submitter(asyncio.get_running_loop(), running)
    ingestion.declare(doorbell, shop, submit)
    verification.declare(doorbell, shop, submit)
    upload.declare(doorbell, shop, submit)
    start.declare(doorbell, shop, submit)
    screening.declare(doorbell, shop, submit)
    worker = Worker(doorbell, worker_threads=concurrency, worker_timeout=IDLE_MILLISECONDS)
    worker.start()
    relaying = asyncio.create_task(relay.run(shop.core, bell.ring, lambda: broker.depth(doorbell), shop.reception.tidy))
    operating = asyncio.create_task(sandbox.run(shop)) if shop.core.decision_seconds is not None else None
    try:
        yield
    finally:
        await background.end(relaying, operating)
        await _drain(worker, running)


async def _drain(worker: Worker, running: set[asyncio.Task[None]]) -> None:
    stopping = asyncio.create_task(asyncio.to_thread(worker.stop, int(DRAIN_SECONDS * 1000)))
    done, _ = await asyncio.wait({stopping}, timeout=DRAIN_SECONDS)
    if not done:
        for task in list(running):
            task.cancel()
    await stopping
