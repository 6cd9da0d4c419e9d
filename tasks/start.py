"""The actor that makes one authorised start at its vendor."""

from __future__ import annotations

import dramatiq
from dramatiq.broker import Broker

from app.notify.wakeup import START_VERIFICATION
from app.service.context import WorkContext
from app.service.start import attempt
from tasks.broker import QUEUE
from tasks.loop import Submit


def declare(broker: Broker, context: WorkContext, submit: Submit) -> None:
    """Registers the actor. `submit` runs a coroutine on the process's event loop and blocks until it has ended."""

    @dramatiq.actor(broker=broker, actor_name=START_VERIFICATION, queue_name=QUEUE)
    def start_verification(start_id: str) -> None:
        submit(attempt.make(context, start_id))
