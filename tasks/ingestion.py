"""The actor that carries out one ingestion."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import dramatiq
from dramatiq.broker import Broker

from app.service import ingestion, run
from tasks.broker import QUEUE

Submit = Callable[[Coroutine[Any, Any, None]], None]


def declare(broker: Broker, shop: run.Workshop, submit: Submit) -> None:
    """Registers the actor. `submit` runs a coroutine on the process's event loop and blocks until it has ended."""

    @dramatiq.actor(broker=broker, actor_name=ingestion.ACTOR, queue_name=QUEUE)
    def run_ingestion(ingestion_id: str) -> None:
        submit(run.carry_out(shop, ingestion_id))


def submitter(loop: asyncio.AbstractEventLoop, running: set[asyncio.Task[None]]) -> Submit:
    """A `submit` for this loop. What runs is kept in `running`, so that a shutdown can end it in good order."""

    async def tracked(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await work
        finally:
            running.discard(task)

    def submit(work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(tracked(work), loop).result()

    return submit
