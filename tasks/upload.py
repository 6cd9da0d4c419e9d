"""The actor that fetches one document from its address."""

from __future__ import annotations

import dramatiq
from dramatiq.broker import Broker

from app.notify.wakeup import FETCH_DOCUMENT
from app.service.context import WorkContext
from tasks.broker import QUEUE
from tasks.loop import Submit


def declare(broker: Broker, context: WorkContext, submit: Submit) -> None:
    """Registers the actor. `submit` runs a coroutine on the process's event loop and blocks until it has ended."""

    @dramatiq.actor(broker=broker, actor_name=FETCH_DOCUMENT, queue_name=QUEUE)
    def fetch_document(upload_id: str) -> None:
        submit(context.receiver.fetch(upload_id, lease_seconds=context.limits.lease))
