"""Group commit for SQLite: one connection writes, and everything waiting shares the next commit.

SQLite has one write lock. Many connections fight over it with sleeping back-off (p99 of hundreds of milliseconds);
one writer that commits for all who wait keeps `synchronous=FULL` and a flat latency. Each unit of work runs in its
own SAVEPOINT, so a unit that fails takes nobody with it.

What may wait runs in a thread: taking the write lock, and the commit with its fsync. The statements in between hold the lock
already and touch memory only (the journal is written at the commit): each takes some microseconds, less than handing it to
a thread and back would cost the event loop, so they run where they are.
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
    """The writing connection with the interface of an asynchronous one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)


class GroupCommit:
    """Hands out the one writing connection, unit by unit, and commits behind the units that were waiting."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._open = False
        self._waiting: list[asyncio.Future[None]] = []
        self._committer: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Inline]:
        """One unit of work. Returns only once the commit that holds it is on disk; raises what the commit raised."""
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
                # The lock is first come, first served: the commit runs behind the units that already wait.
                self._committer = asyncio.create_task(self._commit())
        await asyncio.shield(done)

    async def _begin(self) -> Connection:
        if not self._open:
            await self._begin_group()
        assert self._connection is not None
        self._connection.exec_driver_sql("SAVEPOINT unit")
        return self._connection

    async def _begin_group(self) -> None:
        """Begins in a thread, which cannot be called back: whoever is cancelled meanwhile waits for it, and undoes it."""
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
        """Takes SQLite's write lock, for which another process may have to be waited for."""
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
        """The connection cannot be trusted any more: everyone in the batch learns it, the next unit opens a new one."""
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
