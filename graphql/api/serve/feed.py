"""The event log as subscriptions see it: one tail per tenant and gateway, and feeds that start anywhere in it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.notify import background
from app.notify.notice import Notifier
from app.service import event
from app.service.dependencies import Dependencies

log = structlog.get_logger(module=__name__)

# Events kept at hand, so that followers need not ask the database.
RECENT = 2048
BATCH = 200
REFRESH_SECONDS = 1.0


class Tail:
    """Reads one tenant's log once for all who follow it in this process: at each pulse, else each second."""

    def __init__(self, deps: Dependencies, notifier: Notifier, tenant_id: str) -> None:
        self._deps = deps
        self._notifier = notifier
        self.tenant_id = tenant_id
        self.position = 0
        self.epoch = 1
        self._recent: deque[Any] = deque(maxlen=RECENT)
        self._moved = Notifier()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        async with self._deps.database.reading() as connection:
            self.epoch, self.position = await event.head(connection, self.tenant_id)
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await background.end(self._task)

    async def _run(self) -> None:
        while True:
            count = self._notifier.count
            try:
                async with self._deps.database.reading() as connection:
                    rows = await event.after(connection, self.tenant_id, self.position, limit=BATCH)
            except (SQLAlchemyError, OSError) as problem:
                log.warning("tail.database_away", error=type(problem).__name__)
                await asyncio.sleep(0.5)
                continue
            if rows:
                self._recent.extend(rows)
                self.position = rows[-1].seq
                self._moved.wake()
            if len(rows) < BATCH:
                await self._notifier.wait(count, REFRESH_SECONDS)

    async def newest(self) -> int:
        """The number of the newest event in the database, which this tail may not have read yet."""
        async with self._deps.database.reading() as connection:
            return (await event.head(connection, self.tenant_id))[1]

    async def after(self, seq: int) -> Sequence[Any]:
        """Events behind `seq`, at most a batch, at least one: waits for it if need be."""
        while True:
            count = self._moved.count
            if seq < self.position:
                if self._recent and self._recent[0].seq <= seq + 1:
                    begin = seq + 1 - self._recent[0].seq
                    return [self._recent[index] for index in range(begin, min(begin + BATCH, len(self._recent)))]
                async with self._deps.database.reading() as connection:
                    rows = await event.after(connection, self.tenant_id, seq, limit=BATCH)
                if rows:
                    return rows
            await self._moved.wait(count, REFRESH_SECONDS)


class Feed:
    """One reader's place in the log.

    `start` is where to begin, None for "where the subscription's own arguments say". `position` is the number of the
    last event that was looked at. With `until`, the feed ends as soon as it has come that far. `ended` is set by a
    subscription that is over for good.
    """

    def __init__(self, tail: Tail, *, start: int | None = None, until: Callable[[], int] | None = None) -> None:
        self.tail = tail
        self.start = start
        self.position = start or 0
        self.ended = False
        self._until = until

    async def begin(self, *, at: int | None = None) -> bool:
        """Sets the place to begin: the given one, else the newest event. True where the present state is to be sent first."""
        if self.start is not None:
            return False
        if at is None:
            at = await self.tail.newest()
        self.position = at
        return True

    async def follow(self) -> AsyncIterator[Any]:
        while self._until is None or self.position < self._until():
            for row in await self.tail.after(self.position):
                self.position = row.seq
                yield row
                if self._until is not None and self.position >= self._until():
                    return
