"""The event log for subscriptions: one tail per tenant and process, and feeds that can start at any event."""

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

# The number of recent events kept in memory, so that followers need no query.
RECENT = 2048
BATCH = 200
REFRESH_SECONDS = 1.0


class Tail:
    """A reader of one tenant's log, shared by all its followers in this process. It reads at each notice, else each second."""

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
        """Returns the number of the newest event in the database, which this tail may not have read yet."""
        async with self._deps.database.reading() as connection:
            return (await event.head(connection, self.tenant_id))[1]

    async def after(self, seq: int) -> Sequence[Any]:
        """Returns between one event and a batch of events after `seq`. Waits until there is one."""
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
    """One reader's position in the log.

    `start` is the event number after which it begins; if None, the subscription's own arguments decide. `position` is the
    number of the last event read. With `until`, the feed ends once it has reached that number. A subscription that has ended
    for good sets `ended`.
    """

    def __init__(self, tail: Tail, *, start: int | None = None, until: Callable[[], int] | None = None) -> None:
        self.tail = tail
        self.start = start
        self.position = start or 0
        self.ended = False
        self._until = until

    async def begin(self, *, at: int | None = None) -> bool:
        """Sets the first position: `at`, else the newest event. Returns True if the current state must be sent first."""
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
