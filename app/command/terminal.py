"""Shared by all commands: output, the event loop, and opening the database.

`gatehouse --help` imports every command's module, so a command imports what it works with inside its function.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.domain import duration

if TYPE_CHECKING:
    from app.config import Settings
    from app.wiring import Parts

SWITCH_SECONDS = 0.0005
Host = Annotated[str, typer.Option(help="The address to listen on.")]


def say(text: str) -> None:
    """Writes progress or a fault to standard error. Results go to standard output."""
    print(text, file=sys.stderr, flush=True)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs a command's work on the fastest event loop available.

    The event loop shares the interpreter with the threads of the database and of Dramatiq. At Python's default switch interval of
    5 ms, each hand-over between them would cost more than the work itself.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        import uvloop
    except ImportError:  # not on Windows
        asyncio.run(work)
    else:
        uvloop.run(work)


def span(text: str, hint: str) -> dt.timedelta:
    """Parses a duration. Raises BadParameter, naming the option `hint`, if it is not one."""
    found = duration.parse(text)
    if found is None:
        raise typer.BadParameter("write a number and a unit: 90s, 30m, 12h or 30d", param_hint=hint)
    return found


def say_database(settings: Settings) -> None:
    """Names the database on standard error, without its password."""
    if settings.embedded:
        say(f"Database: {settings.database_path.absolute()}")
        return
    from sqlalchemy import make_url

    say(f"Database: {make_url(settings.database_url).render_as_string(hide_password=True)}")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """Opens the database and the key ring for one command, and names the database.

    Migrates the embedded database first. Raises ConfigurationFault if PostgreSQL lacks migrations.
    """
    from app import wiring
    from app.store import migrate

    say_database(settings)
    await migrate.ready(settings.database_url)
    async with wiring.opened(settings) as parts:
        yield parts
