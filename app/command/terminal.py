"""What all commands share: where they speak, and how their work is run."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from app.domain import duration

SWITCH_SECONDS = 0.0005
Host = Annotated[str, typer.Option(help="The address to listen on.")]


def say(text: str) -> None:
    """Progress and faults go to standard error; results to standard output."""
    print(text, file=sys.stderr, flush=True)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs a command's work on the fastest loop there is.

    The event loop shares the interpreter with the database's and Dramatiq's threads: at Python's default of 5 ms each hand-over
    between them would cost more than the work.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        import uvloop
    except ImportError:  # not on Windows
        asyncio.run(work)
    else:
        uvloop.run(work)


def span(text: str, hint: str) -> dt.timedelta:
    """A duration as it was typed. Wrong usage where it is none; `hint` names the option."""
    found = duration.parse(text)
    if found is None:
        raise typer.BadParameter("write a number and a unit: 90s, 30m, 12h or 30d", param_hint=hint)
    return found
