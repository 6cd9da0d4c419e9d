"""The actors: one for each kind of job, declared from one table."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import dramatiq
from dramatiq.broker import Broker

from app.notify.wakeup import (
    FETCH_DOCUMENT,
    REFRESH_VERIFICATION,
    RESCREEN,
    RUN_INGESTION,
    SCREEN_CUSTOMER,
    START_VERIFICATION,
)
from app.service.context import WorkContext
from app.service.ingestion import run
from app.service.screening import rescreening, screening_round
from app.service.start import attempt
from app.service.verification import refresh
from tasks.broker import QUEUE
from tasks.loop import Submit

# Takes the id of a row and works on it. `Any` because the event loop alone uses a coroutine's yield and send types.
Work = Callable[[WorkContext, str], Coroutine[Any, Any, None]]


async def _fetch(context: WorkContext, upload_id: str) -> None:
    await context.receiver.fetch(upload_id, lease_seconds=context.limits.lease)


ACTORS: Mapping[str, Work] = {
    RUN_INGESTION: run.carry_out,
    START_VERIFICATION: attempt.make,
    REFRESH_VERIFICATION: refresh.refresh,
    SCREEN_CUSTOMER: screening_round.screen,
    RESCREEN: rescreening.walk,
    FETCH_DOCUMENT: _fetch,
}


def declare(broker: Broker, context: WorkContext, submit: Submit) -> None:
    """Registers an actor for each kind of job. `submit` runs a coroutine on the process's event loop and blocks until it ends."""
    for name, work in ACTORS.items():
        _declare(broker, context, submit, name, work)


def _declare(broker: Broker, context: WorkContext, submit: Submit, name: str, work: Work) -> None:
    @dramatiq.actor(broker=broker, actor_name=name, queue_name=QUEUE)
    def perform(row_id: str) -> None:
        submit(work(context, row_id))
