"""Workers inside a process: Dramatiq's threads wait while the work runs on the process's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from dramatiq import Worker
from dramatiq.broker import Broker

import providers
from app.config import Settings
from app.domain.provider import CallBudget, CallKind
from app.domain.screening import Screener, ScreenerName
from app.notify import background
from app.notify.wakeup import Waker
from app.service.context import TimeLimits, WorkContext
from app.service.dependencies import Dependencies
from app.service.document import blob, cleaner, fetch, receiver
from app.service.screening import matcher, provider_screener
from app.service.work import budget
from providers import wire, yente
from tasks import actors, broker, loop, relay, sandbox

DRAIN_SECONDS = 20.0
# The interval at which an idle consumer checks for a stop. Messages wake it at once.
IDLE_MILLISECONDS = 250


@asynccontextmanager
async def waking(settings: Settings, deps: Dependencies) -> AsyncIterator[tuple[Broker, Waker]]:
    """Yields the process's broker, and the waker that wakes a worker for each job of a commit."""
    queue = broker.make(settings.redis_url)
    waker = Waker(lambda actor, subject: broker.wake(queue, actor, subject), blocking=settings.redis_url is not None)
    deps.database.on_commit(lambda committed: waker.wake(committed.jobs))
    await waker.start()
    try:
        yield queue, waker
    finally:
        await waker.stop()
        queue.close()


@asynccontextmanager
async def work_context(settings: Settings, deps: Dependencies) -> AsyncIterator[WorkContext]:
    """Yields the context that jobs run in, with one HTTP client for all providers."""

    def account_budget(account: str, limits: dict[CallKind, int]) -> CallBudget:
        # With the embedded database this process is the only one that calls.
        if settings.embedded:
            return budget.LocalBudget(limits, monotonic=time.monotonic)
        return budget.SharedBudget(deps.database, account, limits)

    blobs = blob.BlobStore(blob.open_store(settings.blobs))
    fetcher = fetch.Fetcher(settings.fetch_allowed_hosts, samples=not settings.production)
    lists = matcher.Matcher(deps.database)
    async with wire.client() as http, contextlib.aclosing(lists):
        vendors = providers.build(settings, http, account_budget, deps.clock.now)
        every: dict[ScreenerName, Callable[[], Screener]] = {
            ScreenerName.PROVIDER: lambda: provider_screener.ProviderScreener(vendors),
            ScreenerName.LISTS: lambda: lists,
            ScreenerName.YENTE: lambda: yente.build(settings, http),
        }
        yield WorkContext(
            deps,
            blobs,
            vendors,
            TimeLimits(settings.provider_retry_seconds, settings.provider_readiness_seconds, settings.lease_seconds),
            receiver.Receiver(deps, blobs, cleaner.Cleaner(), fetcher),
            {name: every[name]() for name in settings.screeners},
        )


@asynccontextmanager
async def working(queue: Broker, waker: Waker, context: WorkContext, *, concurrency: int) -> AsyncIterator[None]:
    """Runs workers and relay while the block runs, then drains: running jobs may finish until a deadline, then are cancelled."""
    running: set[asyncio.Task[None]] = set()
    submit = loop.submitter(asyncio.get_running_loop(), running)
    actors.declare(queue, context, submit)
    worker = Worker(queue, worker_threads=concurrency, worker_timeout=IDLE_MILLISECONDS)
    worker.start()
    relaying = asyncio.create_task(relay.run(context.deps, waker.wake, lambda: broker.depth(queue), context.receiver.tidy))
    operating = asyncio.create_task(sandbox.run(context)) if context.deps.decision_seconds is not None else None
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
