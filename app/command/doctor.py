"""`gatehouse doctor`: checks everything that Gatehouse needs, and names each fault with its remedy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from pydantic import SecretStr, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

import providers
from app import config, wiring
from app.clock import SystemClock
from app.command import spelling
from app.domain.examination import Finding, Health, bad, good, unsure
from app.domain.screening import ScreenerName
from app.errors import ConfigurationFault
from app.service.document import blob
from app.service.screening import watch_list
from app.service.trust import keyring
from app.service.work.budget import LocalBudget
from app.store import migrate
from app.store.db import now
from providers import wire, yente

CHECK_SECONDS = 20.0
NOTHING: dict[str, Any] = {}
# Leases and due times use the database's clock; everything people see uses ours.
CLOCK_SECONDS = 5.0
MARKS = {Health.GOOD: "[green]good[/]", Health.UNSURE: "[yellow]unsure[/]", Health.BAD: "[red]bad[/]"}


async def run(console: Console) -> bool:
    """Prints every check. Returns True if no fault was found."""
    sound = True
    table = Table(title="gatehouse doctor", title_justify="left")
    for column in ("check", "health", "seen", "remedy"):
        table.add_column(column, overflow="fold")
    async for finding in examine():
        table.add_row(finding.check, MARKS[finding.health], finding.seen, finding.remedy or "")
        sound = sound and finding.health is not Health.BAD
    console.print(table)
    console.print(_listing())
    return sound


def _listing() -> Table:
    """Returns a table of all settings with their values; a secret is shown as set or unset."""
    table = Table(title="settings", title_justify="left")
    for column in ("setting", "value"):
        table.add_column(column, overflow="fold")
    try:
        known = config.Settings(**NOTHING)
    except ValidationError:
        return table  # reported above
    for name in config.Settings.model_fields:
        table.add_row(f"GATEHOUSE_{name.upper()}", _shown(name, getattr(known, name)))
    return table


def _shown(name: str, value: object) -> str:
    if isinstance(value, SecretStr) or name == "veriff_integrations":
        return "(set)" if value else "(unset)"
    if name in ("database_url", "redis_url") and value:
        return make_url(str(value)).render_as_string(hide_password=True)
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "(unset)"
    return "(unset)" if value in (None, {}) else str(value)


async def examine() -> AsyncIterator[Finding]:
    """Runs all checks. The settings come first, because every other check needs them."""
    try:
        settings = config.load()
    except ConfigurationFault as problem:
        for fault in problem.faults:
            name, _, remedy = fault.partition(": ")
            yield bad(f"settings: {name}", "cannot work", remedy or fault)
        return
    for finding in _settings(settings):
        yield finding
    for check in (_database, _redis, _blobs):
        async for finding in _in_time(check(settings), check.__name__.strip("_")):
            yield finding
    async for finding in _vendors(settings):
        yield finding
    async for finding in _in_time(_screeners(settings), "screeners"):
        yield finding


def _settings(settings: config.Settings) -> list[Finding]:
    found = [good("settings", f"{settings.environment}, {'embedded' if settings.embedded else 'distributed'}")]
    for wrong in spelling.misspelt():
        found.append(unsure(f"settings: {wrong.name}", f"no setting has this name ({wrong.place})", wrong.remedy))
    try:
        keyring.load(settings)
        found.append(good("settings: secret keys", "the key ring can be read"))
    except (ConfigurationFault, OSError) as problem:
        found.append(bad("settings: secret keys", str(problem), "Set GATEHOUSE_SECRET_KEYS, or make the key file readable."))
    names = ("sumsub", "veriff")
    configured = (settings.sumsub_configured, bool(settings.integrations))
    if not any(configured):
        remedy = "Set GATEHOUSE_SUMSUB_… or GATEHOUSE_VERIFF_…; `gatehouse twin sumsub` prints settings for a local twin."
        found.append(unsure("settings: vendors", "none is configured", remedy))
    else:
        listed = ", ".join(name for name, here in zip(names, configured, strict=True) if here)
        found.append(good("settings: vendors", f"configured: {listed}"))
    return found


async def _in_time(findings: AsyncIterator[Finding], name: str) -> AsyncIterator[Finding]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            async for finding in findings:
                yield finding
    except TimeoutError:
        yield bad(name, f"no answer within {CHECK_SECONDS:g} s", "Check that it runs and that the network allows the connection.")


async def _database(settings: config.Settings) -> AsyncIterator[Finding]:
    if settings.embedded and not settings.database_path.exists():
        yield good("database", f"{settings.database_path.absolute()} will be created by gatehouse serve")
        return
    engine = create_async_engine(settings.database_url)
    try:
        async with engine.connect() as connection:
            theirs = (await connection.execute(select(now()))).scalar_one()
        yield good("database", f"reachable: {_shown_database(settings)}")
        off = abs((theirs - SystemClock().now()).total_seconds())
        if off > CLOCK_SECONDS:
            yield bad("database: clock", f"off by {off:.0f} s", "Set the clocks of both servers by NTP.")
        else:
            yield good("database: clock", f"off by {off:.1f} s")
        if await migrate.pending(settings.database_url):
            yield bad("database: schema", "migrations are pending", "Run: gatehouse db upgrade")
        else:
            yield good("database: schema", "up to date")
    except (SQLAlchemyError, OSError) as problem:
        yield bad("database", type(problem).__name__, "Check GATEHOUSE_DATABASE_URL, and that the server runs.")
    finally:
        await engine.dispose()


def _shown_database(settings: config.Settings) -> str:
    return str(settings.database_path.absolute()) if settings.embedded else _shown("database_url", settings.database_url)


async def _redis(settings: config.Settings) -> AsyncIterator[Finding]:
    if not settings.redis_url:
        yield good("redis", "not used: workers run inside gatehouse serve")
        return
    client = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    try:
        await client.ping()
        yield good("redis", "reachable")
    except (RedisError, OSError) as problem:
        yield bad("redis", type(problem).__name__, "Check GATEHOUSE_REDIS_URL, and that the server runs.")
    finally:
        await client.aclose()


async def _blobs(settings: config.Settings) -> AsyncIterator[Finding]:
    remedy = "Check GATEHOUSE_BLOB_URL, and the rights to write there."
    try:
        reachable = await blob.BlobStore(blob.open_store(settings.blobs)).reachable()
    except Exception as problem:  # each store raises kinds of its own
        yield bad("blob store", type(problem).__name__, remedy)
        return
    yield good("blob store", "reachable") if reachable else bad("blob store", "does not answer", remedy)


async def _vendors(settings: config.Settings) -> AsyncIterator[Finding]:
    async with wire.client() as http:
        built = providers.build(settings, http, lambda _, limits: LocalBudget(limits, monotonic=time.monotonic), SystemClock().now)
        for name, provider in built.items():
            async for finding in _in_time(provider.examine(), name.lower()):
                yield finding


async def _screeners(settings: config.Settings) -> AsyncIterator[Finding]:
    """Checks the screeners. Without any, no customer is ever CLEAR."""
    if not settings.screeners:
        yield unsure("screeners", "none is switched on", "Set GATEHOUSE_SCREENERS; without one aml.status stays NOT_SCREENED.")
    if ScreenerName.YENTE in settings.screeners:
        async with wire.client() as http:
            async for finding in yente.build(settings, http).examine():
                yield finding
    if ScreenerName.LISTS in settings.screeners:
        try:
            async for finding in _lists(settings):
                yield finding
        except (SQLAlchemyError, OSError):
            return  # reported above


async def _lists(settings: config.Settings) -> AsyncIterator[Finding]:
    made = not settings.embedded or settings.database_path.exists()
    if not made or await migrate.pending(settings.database_url):
        return
    async with wiring.opened(settings) as parts, parts.deps.database.reading() as connection:
        rows = await watch_list.active(connection)
    if not rows:
        yield unsure("lists", "none has been imported, so the screener does not count", "Run: gatehouse lists import FILE")
    for row in rows:
        yield good(f"lists: {row.name}", f"{row.entries} people, version {row.version}")
