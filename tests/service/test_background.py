"""Ending tasks for good."""

from __future__ import annotations

import asyncio

from app.notify import background


async def test_a_task_that_loses_its_cancellation_is_ended_all_the_same() -> None:
    deaf = 3

    async def stubborn() -> None:
        nonlocal deaf
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                deaf -= 1
                if deaf == 0:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await background.end(task, None)

    assert task.cancelled()
