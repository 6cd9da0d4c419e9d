"""Group commit for SQLite: one connection writes, and all waiting units share the next commit.

SQLite has one write lock. Many connections compete for it with sleeping back-off (p99 of hundreds of milliseconds). One writer
that commits for all waiting units keeps `synchronous=FULL` and a flat latency. Each unit of work runs in its own SAVEPOINT, so
a failing unit does not affect the others.

The two steps that may block run in a thread: taking the write lock, and the commit with its fsync. The statements in between
already hold the lock and touch only memory, because the journal is written at the commit. Each takes some microseconds, less
than a switch to a thread and back, so they run on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.base import Executable


class Inline:
    """An adapter that gives the writing connection the interface of an asynchronous one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)


class GroupCommit:
    """The single writing connection, lent to one unit at a time. The commit runs after the units that already wait."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._open = False
        self._waiting: list[asyncio.Future[None]] = []
        self._committer: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Inline]:
        """Yields the connection for one unit of work. Exits only once its commit is on disk. Raises the commit's error."""
        async with self._turn:
            connection = await self._begin()
            try:
                yield Inline(connection)
                connection.exec_driver_sql("RELEASE unit")
            except BaseException:
                self._undo(connection)
                raise
            done = asyncio.get_running_loop().create_future()
            self._waiting.append(done)
            if len(self._waiting) == 1:
                # The lock is first come, first served, so the commit runs after the units that already wait.
                self._committer = asyncio.create_task(self._commit())
        await asyncio.shield(done)

    async def _begin(self) -> Connection:
        if not self._open:
            await self._begin_group()
        assert self._connection is not None
        self._connection.exec_driver_sql("SAVEPOINT unit")
        return self._connection

    async def _begin_group(self) -> None:
        """Begins a group in a thread. The thread cannot be cancelled: a cancelled caller waits for it and rolls back."""
        locking = asyncio.create_task(asyncio.to_thread(self._lock))
        try:
            self._connection = await asyncio.shield(locking)
        except asyncio.CancelledError:
            while not locking.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait({locking})
            if not locking.cancelled() and locking.exception() is None:
                self._connection = locking.result()
                self._connection.exec_driver_sql("ROLLBACK")
            raise
        self._open = True

    def _lock(self) -> Connection:
        """Takes SQLite's write lock. Blocks while another process holds it."""
        connection = self._connection or self._engine.connect()
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return connection

    def _undo(self, connection: Connection) -> None:
        try:
            connection.exec_driver_sql("ROLLBACK TO unit")
            connection.exec_driver_sql("RELEASE unit")
            if not self._waiting:
                connection.exec_driver_sql("ROLLBACK")
                self._open = False
        except SQLAlchemyError as problem:
            self._fail(problem)

    async def _commit(self) -> None:
        async with self._turn:
            if not self._waiting or self._connection is None:
                return
            try:
                await asyncio.to_thread(self._connection.exec_driver_sql, "COMMIT")
            except SQLAlchemyError as problem:
                self._fail(problem)
                return
            batch, self._waiting, self._open = self._waiting, [], False
            for done in batch:
                if not done.done():
                    done.set_result(None)

    def _fail(self, problem: SQLAlchemyError) -> None:
        """Fails every waiting unit with the problem and closes the connection. The next unit opens a new one."""
        batch, self._waiting, self._open = self._waiting, [], False
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
        for done in batch:
            if not done.done():
                done.set_exception(problem)

    async def close(self) -> None:
        async with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
