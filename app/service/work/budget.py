"""Call budgets of provider accounts: in memory for a single process, in a database row when processes share an account."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Float, cast, extract, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import SQLAlchemyError

from app.domain import budget as rule
from app.domain.provider import CallKind
from app.model.budget import Budget
from app.store.db import Database, now, transaction


class LocalBudget:
    """The call budget of an account that only this process uses."""

    def __init__(self, limits: Mapping[CallKind, int], *, monotonic: Callable[[], float]) -> None:
        self._limits = limits
        self._now = monotonic
        self._grants: dict[CallKind, list[float]] = {kind: [] for kind in limits}
        self._blocked: dict[CallKind, float] = dict.fromkeys(limits, 0.0)

    async def take(self, kind: CallKind) -> None:
        at, limit = self._now(), self._limits[kind]
        fresh = rule.allow(self._grants[kind], now=at, blocked_until=self._blocked[kind], wanted=1, limit=limit)
        self._grants[kind] = rule.keep(self._grants[kind], fresh, now=at, limit=limit)
        if fresh[0] > at:
            await asyncio.sleep(fresh[0] - at)

    async def block(self, kind: CallKind, seconds: float) -> None:
        self._blocked[kind] = max(self._blocked[kind], self._now() + seconds)


class SharedBudget:
    """The call budget of an account that all processes share, by the database's clock. Waiting callers share one query."""

    def __init__(self, database: Database, account: str, limits: Mapping[CallKind, int]) -> None:
        self._database = database
        self._account = account
        self._limits = limits
        self._queues: dict[CallKind, list[asyncio.Future[float]]] = {kind: [] for kind in limits}
        self._asking: dict[CallKind, asyncio.Task[None]] = {}

    async def take(self, kind: CallKind) -> None:
        waiter: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._queues[kind].append(waiter)
        if kind not in self._asking or self._asking[kind].done():
            self._asking[kind] = asyncio.create_task(self._serve(kind))
        delay = await waiter
        if delay > 0:
            await asyncio.sleep(delay)

    async def block(self, kind: CallKind, seconds: float) -> None:
        async with transaction(self._database) as session:
            row, at = await self._locked(session, kind)
            until = max(row.blocked_until, at + seconds)
            await session.execute(self._row(kind, update(Budget)).values(blocked_until=until))

    async def _serve(self, kind: CallKind) -> None:
        while self._queues[kind]:
            waiters, self._queues[kind] = self._queues[kind], []
            try:
                delays = await self._grant(kind, len(waiters))
            except (SQLAlchemyError, OSError) as problem:
                for waiter in waiters:
                    if not waiter.done():
                        waiter.set_exception(problem)
                continue
            for waiter, delay in zip(waiters, delays, strict=True):
                if not waiter.done():
                    waiter.set_result(delay)

    async def _grant(self, kind: CallKind, wanted: int) -> list[float]:
        limit = self._limits[kind]
        async with transaction(self._database) as session:
            row, at = await self._locked(session, kind)
            fresh = rule.allow(row.grants, now=at, blocked_until=row.blocked_until, wanted=wanted, limit=limit)
            kept = rule.keep(row.grants, fresh, now=at, limit=limit)
            await session.execute(self._row(kind, update(Budget)).values(grants=kept))
        return [moment - at for moment in fresh]

    def _row(self, kind: CallKind, statement: Any) -> Any:
        return statement.where(Budget.account == self._account, Budget.kind == kind)

    async def _locked(self, session: Any, kind: CallKind) -> tuple[Any, float]:
        seconds = cast(extract("epoch", now()), Float)
        row = (await session.execute(self._row(kind, select(Budget.__table__)).with_for_update(key_share=True))).first()
        if row is None:
            fresh = postgresql.insert(Budget).values(account=self._account, kind=kind, grants=[], blocked_until=0.0)
            await session.execute(fresh.on_conflict_do_nothing())
            row = (await session.execute(self._row(kind, select(Budget.__table__)).with_for_update(key_share=True))).one()
        return row, (await session.execute(select(seconds))).scalar_one()
