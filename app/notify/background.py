"""Tasks in the background, and how they are ended."""

from __future__ import annotations

import asyncio

AGAIN_SECONDS = 0.5


async def end(*tasks: asyncio.Task[None] | None) -> None:
    """Cancels tasks and waits until they are over.

    A cancellation can be lost (a client library that takes it for a time-out of its own), so it is repeated until it is heard.
    """
    for task in tasks:
        while task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=AGAIN_SECONDS)
