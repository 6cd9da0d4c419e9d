"""The database: engines, transactions (the only place that commits), and the database's own clock.

PostgreSQL runs with its defaults. SQLite runs in WAL mode with `synchronous=FULL`: a small pool of connections reads, and one
group-committing writer (`app.store.writer`) writes.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import orjson
from sqlalchemy import DateTime, Float, Select, bindparam, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, Dialect, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import LargeBinary, TypeDecorator
from sqlmodel import SQLModel

from app.domain.event import Fact, NewEvent
from app.store.writer import GroupCommit, Inline

SQLITE_READERS = 5
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",
    "journal_size_limit=67108864",
)


T = TypeVar("T", bound=SQLModel)


def every_column(kind: type[T]) -> Select[Any]:
    """Returns the query for all columns of a table. `one` and `first` read its rows."""
    return select(kind.__table__)  # type: ignore[attr-defined] # SQLModel does not declare the attribute of mapped classes


def one(kind: type[T], result: CursorResult[Any]) -> T:
    """Returns the only row of a query that `every_column` began. Raises NoResultFound or MultipleResultsFound otherwise."""
    # A row has the table's columns as its attributes, without the cost of loading an object. Only this module casts.
    return cast(T, result.one())


def first(kind: type[T], result: CursorResult[Any]) -> T | None:
    """Returns the first row of a query that `every_column` began, or None if it has none."""
    row = result.first()
    return None if row is None else cast(T, row)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment in UTC: `timestamptz` on PostgreSQL, ISO text of fixed width on SQLite (which knows no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is not None and dialect.name == "sqlite":
            return value.astimezone(dt.UTC).replace(tzinfo=None)
        return value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value.replace(tzinfo=dt.UTC) if value is not None and value.tzinfo is None else value


class Json(TypeDecorator[Any]):
    """A JSON document, stored as bytes. Both databases return exactly the written value, parsed once."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else orjson.dumps(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class now(FunctionElement[dt.datetime]):  # noqa: N801 - an SQL function
    """The database's clock, shifted by `seconds`. Leases and due times use it, so workers' clocks do not matter."""

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(bindparam(None, float(seconds), type_=Float(), unique=True))


# The offset of the sandbox's clock. Statements in production do not contain it.
AHEAD = " + coalesce((SELECT seconds FROM sandbox_clock WHERE id = 1), 0)"


def _seconds(element: now, compiler: Any, options: Any) -> str:
    ahead = AHEAD if getattr(compiler.dialect, "movable", False) else ""
    return f"{compiler.process(element.clauses, **options)}{ahead}"


@compiles(now, "postgresql")
def _now_postgresql(element: now, compiler: Any, **options: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {_seconds(element, compiler, options)}))"


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: Any, **options: Any) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', ({_seconds(element, compiler, options)}) || ' seconds')"


# Carries out the consequences of an event or a fact, inside its transaction.
Follow: TypeAlias = "Callable[[Session, NewEvent | Fact], Awaitable[None]]"


@dataclass
class Session:
    """An open transaction. `record` adds events and `wake` adds wake-ups of workers; both take effect only with the commit.

    `settle` carries out the consequences of events and facts in the order in which they were added, at the latest before the
    commit.
    """

    connection: AsyncConnection | Inline
    follow: Follow | None = None
    events: list[NewEvent] = field(default_factory=list)
    unsettled: deque[NewEvent | Fact] = field(default_factory=deque)
    jobs: list[tuple[str, str]] = field(default_factory=list)

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return await self.connection.execute(statement, parameters)

    async def insert_new(self, table: Any, **values: Any) -> bool:
        """Inserts one row unless a row with the same unique key exists. Returns True if it was inserted."""
        dialect = sqlite if isinstance(self.connection, Inline) else postgresql
        done = await self.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())
        return bool(done.rowcount == 1)

    def record(self, new: NewEvent) -> None:
        self.events.append(new)
        self.unsettled.append(new)

    def tell(self, fact: Fact) -> None:
        self.unsettled.append(fact)

    async def settle(self) -> None:
        """Carries out the consequences of all events and facts added so far, and of those added meanwhile."""
        while self.unsettled:
            noted = self.unsettled.popleft()
            if self.follow is not None:
                await self.follow(self, noted)

    def wake(self, actor: str, subject_id: str) -> None:
        self.jobs.append((actor, subject_id))


@dataclass(frozen=True)
class Committed:
    """The notices due after a commit: tenants with new events, and jobs to wake workers for. Either may be lost."""

    tenants: frozenset[str]
    jobs: Sequence[tuple[str, str]]


class Database:
    """Connections to one database.

    `write_events` numbers and stores a transaction's events as its last statements. With `movable_clock` the database uses the
    sandbox's clock.
    """

    def __init__(
        self, url: str, *, write_events: Callable[[Session], Any], pool_size: int = 10, movable_clock: bool = False
    ) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self._write_events = write_events
        self._follow: Follow | None = None
        self._listeners: list[Callable[[Committed], None]] = []
        self.engine = self._pool(url, pool_size)
        writer = _sqlite_writer(url) if self.sqlite else None
        for engine in (self.engine, writer):
            if engine is not None:
                engine.dialect.movable = movable_clock  # type: ignore[attr-defined]
        self._group = GroupCommit(writer) if writer else None

    def _pool(self, url: str, pool_size: int) -> AsyncEngine:
        """Creates the pool of connections that read. On PostgreSQL they write, too."""
        if not self.sqlite:
            return create_async_engine(
                url,
                pool_size=pool_size,
                max_overflow=pool_size,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"server_settings": {"statement_timeout": "15000", "jit": "off"}, "timeout": 5},
            )
        Path(url.split("///", 1)[1]).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            url, pool_size=SQLITE_READERS, max_overflow=0, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        return engine

    def follow_with(self, follow: Follow) -> None:
        """Sets the function that carries out the consequences of every event and fact. Without it they have none."""
        self._follow = follow

    def on_commit(self, listener: Callable[[Committed], None]) -> None:
        """Calls `listener` after each commit that left events or jobs. It must neither block nor raise."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yields a short-lived connection for reading, in which each statement is its own transaction."""
        async with self.engine.connect() as connection:
            if not self.sqlite:
                connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    async def close(self) -> None:
        if self._group:
            await self._group.close()
        await self.engine.dispose()

    def opened(self) -> Any:
        """Returns a context manager for a connection inside a transaction. Only `transaction` uses it."""
        return self._group.unit() if self._group else self.engine.begin()


def _sqlite_writer(url: str) -> Engine:
    engine = create_engine(
        url.replace("+aiosqlite", ""),
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Session]:
    """Yields a session whose statements commit together or not at all. Make no network calls inside.

    Its events are numbered last, from the tenant's counter row, so numbers follow the order of commits.
    """
    async with database.opened() as connection:
        session = Session(connection, database._follow)
        yield session
        await session.settle()
        if session.events:
            await database._write_events(session)
    if session.events or session.jobs:
        committed = Committed(frozenset(new.tenant_id for new in session.events), session.jobs)
        for listener in database._listeners:
            listener(committed)
