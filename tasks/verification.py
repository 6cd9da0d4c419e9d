"""The actor that looks at one verification's present state."""

from __future__ import annotations

import dramatiq
from dramatiq.broker import Broker

from app.notify.wakeup import REFRESH_VERIFICATION
from app.service.context import WorkContext
from app.service.verification import refresh
from tasks.broker import QUEUE
from tasks.loop import Submit


def declare(broker: Broker, context: WorkContext, submit: Submit) -> None:
    """Registers the actor. `submit` runs a coroutine on the process's event loop and blocks until it has ended."""

    @dramatiq.actor(broker=broker, actor_name=REFRESH_VERIFICATION, queue_name=QUEUE)
    def refresh_verification(verification_id: str) -> None:
        submit(refresh.refresh(context, verification_id))
