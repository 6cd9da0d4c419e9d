"""The actor that carries out one ingestion."""

from __future__ import annotations

import dramatiq
from dramatiq.broker import Broker

from app.notify.wakeup import RUN_INGESTION
from app.service.context import WorkContext
from app.service.ingestion import run
from tasks.broker import QUEUE
from tasks.loop import Submit


def declare(broker: Broker, context: WorkContext, submit: Submit) -> None:
    """Registers the actor. `submit` runs a coroutine on the process's event loop and blocks until it has ended."""

    @dramatiq.actor(broker=broker, actor_name=RUN_INGESTION, queue_name=QUEUE)
    def run_ingestion(ingestion_id: str) -> None:
        submit(run.carry_out(context, ingestion_id))
