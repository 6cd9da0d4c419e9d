"""Wake-ups: tell workers that a row is due. A wake-up may be lost or doubled; the relay finds due rows anyway."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import structlog

from app.notify import background

log = structlog.get_logger(module=__name__)

# The actors: the job that a wake-up asks for.
RUN_INGESTION = "run_ingestion"
REFRESH_VERIFICATION = "refresh_verification"
FETCH_DOCUMENT = "fetch_document"
START_VERIFICATION = "start_verification"
SCREEN_CUSTOMER = "screen_customer"
RESCREEN = "rescreen"
# How long the relay leaves a row alone after a wake-up was sent for it.
WAKE_AGAIN_SECONDS = 3.0
# Rings that wait for a slow broker; more are dropped, and found by the relay.
BACKLOG = 10_000
Send = Callable[[str, str], None]


class Waker:
    """The sender of wake-ups, in the background. With `blocking` it sends from a thread, so that a slow broker delays no caller."""

    def __init__(self, send: Send, *, blocking: bool) -> None:
        self._send = send
        self._blocking = blocking
        self._backlog: asyncio.Queue[tuple[str, str]] = asyncio.Queue(BACKLOG)
        self._task: asyncio.Task[None] | None = None

    def wake(self, jobs: Sequence[tuple[str, str]]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            for job in jobs:
                self._backlog.put_nowait(job)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await background.end(self._task)

    async def _run(self) -> None:
        while True:
            jobs = [await self._backlog.get()]
            while not self._backlog.empty():
                jobs.append(self._backlog.get_nowait())
            try:
                if self._blocking:
                    await asyncio.to_thread(self._send_all, jobs)
                else:
                    self._send_all(jobs)
            except Exception as problem:  # the broker's client raises its own kinds; none may end the task
                log.warning("wakeup.not_sent", error=type(problem).__name__, jobs=len(jobs))
                await asyncio.sleep(0.2)

    def _send_all(self, jobs: Sequence[tuple[str, str]]) -> None:
        for actor, subject_id in jobs:
            self._send(actor, subject_id)
