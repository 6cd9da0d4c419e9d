"""The actor that asks what a customer's screening has found."""

from __future__ import annotations

import dramatiq
from dramatiq.broker import Broker

from app.jobs import SCREEN_CUSTOMER
from app.service import run, screening
from tasks.broker import QUEUE
from tasks.loop import Submit


def declare(broker: Broker, shop: run.Workshop, submit: Submit) -> None:
    """Registers the actor. `submit` runs a coroutine on the process's event loop and blocks until it has ended."""

    @dramatiq.actor(broker=broker, actor_name=SCREEN_CUSTOMER, queue_name=QUEUE)
    def screen_customer(screening_id: str) -> None:
        submit(screening.screen(shop, screening_id))
