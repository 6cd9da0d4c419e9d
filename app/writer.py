"""Group commit for SQLite: one connection writes, and everything waiting shares the next commit.

SQLite has one write lock. Many connections fight over it with sleeping back-off (p99 of hundreds of milliseconds);
one writer that commits for all who wait keeps `synchronous=FULL` and a flat latency. Each unit of work runs in its
own SAVEPOINT, so a unit that fails takes nobody with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class GroupCommit:
    """Hands out the one writing connection, unit by unit, and commits behind the units that were waiting."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._open = False
        self._waiting: list[asyncio.Future[None]] = []
        self._committer: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncConnection]:
        """One unit of work. Returns only once the commit that holds it is on disk; raises what the commit raised."""
        async with self._turn:
            connection = await self._begin()
            try:
                yield connection
                await connection.exec_driver_sql("RELEASE unit")
            except BaseException:
                await asyncio.shield(self._undo(connection))
                raise
            done = asyncio.get_running_loop().create_future()
            self._waiting.append(done)
            if len(self._waiting) == 1:
                # The lock is first come, first served: the commit runs behind the units that already wait.
                self._committer = asyncio.create_task(self._commit())
        await asyncio.shield(done)

    async def _begin(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
        if not self._open:
            await self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._open = True
        await self._connection.exec_driver_sql("SAVEPOINT unit")
        return self._connection

    async def _undo(self, connection: AsyncConnection) -> None:
        try:
            await connection.exec_driver_sql("ROLLBACK TO unit")
            await connection.exec_driver_sql("RELEASE unit")
            if not self._waiting:
                await connection.exec_driver_sql("ROLLBACK")
                self._open = False
        except SQLAlchemyError as problem:
            await self._fail(problem)

    async def _commit(self) -> None:
        async with self._turn:
            batch, self._waiting = self._waiting, []
            if not batch or self._connection is None:
                return
            try:
                await self._connection.exec_driver_sql("COMMIT")
            except SQLAlchemyError as problem:
                self._waiting = batch
                await self._fail(problem)
                return
            self._open = False
            for done in batch:
                if not done.done():
                    done.set_result(None)

    async def _fail(self, problem: SQLAlchemyError) -> None:
        """The connection cannot be trusted any more: everyone in the batch learns it, the next unit opens a new one."""
        batch, self._waiting, self._open = self._waiting, [], False
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()
        for done in batch:
            if not done.done():
                done.set_exception(problem)

    async def close(self) -> None:
        async with self._turn:
            if self._connection is not None:
                await self._connection.close()
                self._connection = None
