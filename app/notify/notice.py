"""Notices for subscribers: the log has new events. A notice may be lost; subscribers read the log each second anyway."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.notify import background

CHANNEL = "gatehouse:pulse"


class Notifier:
    """The notices inside one process. `count` counts them, so that a notice between reading and waiting is not missed."""

    def __init__(self) -> None:
        self.count = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wakes every waiter. Must be called inside the event loop."""
        self.wake()

    def wake(self) -> None:
        self.count += 1
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, seen: int, timeout: float) -> None:
        """Returns when there was a notice after the count `seen`, or after `timeout` seconds."""
        if self.count != seen:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter, timeout)
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(waiter)

    async def start(self) -> None:
        """Starts nothing inside one process."""

    async def stop(self) -> None:
        """Stops nothing inside one process."""


class RedisNotifier(Notifier):
    """Notices between processes, over Redis publish/subscribe. Notices in quick succession are sent as one."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2, health_check_interval=15)
        self._pending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def notify(self) -> None:
        self.wake()
        self._pending.set()

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]

    async def stop(self) -> None:
        await background.end(*self._tasks)
        await self._redis.aclose()

    async def _send(self) -> None:
        while True:
            await self._pending.wait()
            self._pending.clear()
            try:
                await self._redis.publish(CHANNEL, b"1")
            except (RedisError, OSError):
                await asyncio.sleep(0.2)

    async def _receive(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    while True:
                        if await channel.get_message(ignore_subscribe_messages=True, timeout=1.0):
                            self.wake()
            except (RedisError, OSError):
                await asyncio.sleep(0.5)
