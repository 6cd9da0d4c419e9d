"""The bridge from Dramatiq's threads to the process's event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Submit = Callable[[Coroutine[Any, Any, None]], None]


def submitter(loop: asyncio.AbstractEventLoop, running: set[asyncio.Task[None]]) -> Submit:
    """Returns a `submit` for this loop. It tracks its tasks in `running`, so a shutdown can cancel them."""

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
