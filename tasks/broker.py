"""Dramatiq's brokers, which carry wake-ups: in memory inside one process, or on Redis with workers that wake at once.

Dramatiq's own middleware is off, including its retries, because the database decides about retries.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from typing import Any

import redis
from dramatiq import Message
from dramatiq.broker import Broker, MessageProxy
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.brokers.stub import StubBroker
from dramatiq.errors import ConnectionClosed

QUEUE = "work"
NAMESPACE = "gatehouse"
# The maximum number of wake tokens: one per waiting worker is enough.
TOKENS = 1000
FULL_PAUSE_SECONDS = 0.01


class MemoryBroker(StubBroker):
    """A broker for one process. It drops failed messages instead of keeping them, because the row holds the job's state."""

    def __init__(self) -> None:
        super().__init__(middleware=[])
        self.dead_letters_by_queue = defaultdict(lambda: deque(maxlen=0))  # type: ignore[arg-type,return-value]


class WakeBroker(RedisBroker):
    """A broker on Redis whose idle consumers block on a list of wake tokens instead of sleeping for up to a second."""

    def __init__(self, url: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            url=url,
            middleware=[],
            namespace=NAMESPACE,
            heartbeat_timeout=15_000,
            maintenance_chance=1_000_000,
            dead_message_ttl=60_000,
            socket_connect_timeout=2,
            socket_timeout=10,
        )

    @property
    def consumer_class(self) -> type[_RedisConsumer]:
        return WakeConsumer

    def wake_key(self, queue: str) -> str:
        return f"{self.namespace}:{queue}.wake"

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        sent = super().enqueue(message, delay=delay)
        with self.client.pipeline(transaction=False) as pipe:
            pipe.lpush(self.wake_key(message.queue_name), b"1")
            pipe.ltrim(self.wake_key(message.queue_name), 0, TOKENS)
            pipe.execute()
        return sent


class WakeConsumer(_RedisConsumer):
    def __next__(self) -> MessageProxy | None:
        try:
            if not self.message_cache:
                room = self.prefetch - self.outstanding_message_count
                if room <= 0:
                    time.sleep(FULL_PAUSE_SECONDS)
                    return None
                self.message_cache = self.broker.do_fetch(self.queue_name, room)
            if self.message_cache:
                return super().__next__()  # type: ignore[no-any-return,no-untyped-call]
            self.broker.client.blpop(self.broker.wake_key(self.queue_name), timeout=self.timeout / 1000)
            return None
        except redis.TimeoutError:
            return None
        except redis.ConnectionError as problem:
            raise ConnectionClosed(problem) from None  # type: ignore[no-untyped-call]


def depth(broker: Broker) -> int:
    """Returns the number of messages in the queue. Blocks for a round trip on Redis."""
    if isinstance(broker, WakeBroker):
        return int(broker.client.llen(f"{NAMESPACE}:{QUEUE}"))
    assert isinstance(broker, MemoryBroker)
    return int(broker.queues[QUEUE].qsize())


def make(redis_url: str | None) -> Broker:
    """Returns a process's broker, with the queue declared."""
    broker: Broker = WakeBroker(redis_url) if redis_url else MemoryBroker()
    broker.declare_queue(QUEUE)
    return broker


def wake(broker: Broker, actor: str, subject_id: str) -> None:
    """Puts one message on the queue: only the actor's name and an id. Blocks for a round trip on Redis."""
    broker.enqueue(Message(queue_name=QUEUE, actor_name=actor, args=(subject_id,), kwargs={}, options={}))
