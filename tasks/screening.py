"""The actors that screen: one customer, and everybody again."""

from __future__ import annotations

import dramatiq
from dramatiq.broker import Broker

from app.notify.wakeup import RESCREEN, SCREEN_CUSTOMER
from app.service.context import WorkContext
from app.service.screening import rescreening, screening_round
from tasks.broker import QUEUE
from tasks.loop import Submit


def declare(broker: Broker, context: WorkContext, submit: Submit) -> None:
    """Registers the actors. `submit` runs a coroutine on the process's event loop and blocks until it has ended."""

    @dramatiq.actor(broker=broker, actor_name=SCREEN_CUSTOMER, queue_name=QUEUE)
    def screen_customer(screening_id: str) -> None:
        submit(screening_round.screen(context, screening_id))

    @dramatiq.actor(broker=broker, actor_name=RESCREEN, queue_name=QUEUE)
    def rescreen(rescreening_id: str) -> None:
        submit(rescreening.walk(context, rescreening_id))
