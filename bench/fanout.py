"""One event to 1,000 WebSocket subscribers, against a raw Starlette broadcast of ready bytes."""

from __future__ import annotations

import asyncio
import time

import httpx

from bench import rig
from bench.crowd import Crowd
from tests.make.process import Process

SUBSCRIBERS = 1_000
EVENTS = 15
QUERY = "subscription { events { id type } }"


async def run() -> None:
    with rig.rig() as plant:
        address, plain = plant.beside("bench.plain_fanout", "/broadcast")
        ready, port = f"{address}/broadcast", int(address.rsplit(":", 1)[1])
        ours, theirs = Crowd(rig.HOST, plant.port, plant.token, QUERY), Crowd(rig.HOST, port, "x", QUERY)
        await ours.gather(SUBSCRIBERS)
        await theirs.gather(SUBSCRIBERS)
        ours_last, theirs_last, ours_cpu, theirs_cpu = [], [], [], []
        async with plant.client() as http, httpx.AsyncClient(timeout=60) as raw:
            for _ in range(EVENTS):
                last, cpu = await _once(ours, plant.gateway, rig.customer(http))
                ours_last.append(last)
                ours_cpu.append(cpu)
                last, cpu = await _once(theirs, plain, raw.post(ready))
                theirs_last.append(last)
                theirs_cpu.append(cpu)
        ours.leave()
        theirs.leave()
    print(f"one event to {SUBSCRIBERS:,} subscribers, {EVENTS} events each, interleaved")
    first = rig.row("  Gatehouse: mutation to last delivery", ours_last, "ms")
    second = rig.row("  raw Starlette: request to last delivery", theirs_last, "ms")
    rig.row("  Gatehouse, CPU (the mutation included)", ours_cpu, "µs/delivery")
    rig.row("  raw Starlette, CPU", theirs_cpu, "µs/delivery")
    print(f"  ratio raw / Gatehouse, last delivery: {second / first:.2f}")


async def _once(crowd: Crowd, server: Process, trigger: object) -> tuple[float, float]:
    """Milliseconds until the last delivery, and microseconds of server CPU a delivery."""
    await asyncio.sleep(0.1)
    crowd.expect()
    before = rig.cpu_seconds(server)
    started = time.perf_counter()
    _, last = await asyncio.gather(trigger, crowd.everybody())  # type: ignore[call-overload]
    await asyncio.sleep(0.05)
    return (last - started) * 1000, (rig.cpu_seconds(server) - before) * 1e6 / SUBSCRIBERS
