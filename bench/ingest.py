"""Ingestions per second end to end, against a plain script that makes the same vendor calls with the same concurrency.

Gatehouse takes each ingestion as a mutation over HTTP, runs it on its embedded workers (SQLite, synchronous=FULL), encrypts and
stores payloads, results and files, and writes every event. The script does none of that.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time

from bench import rig

ROUNDS = 3
MANY = 150
CONCURRENCY = 64
CALLERS = 16


async def run() -> None:
    for latency in (0, 50):
        ours: list[float] = []
        plain: list[float] = []
        with rig.rig(latency_ms=latency, environment={"GATEHOUSE_WORKER_CONCURRENCY": str(CONCURRENCY)}) as plant:
            for _ in range(ROUNDS):
                ours.append(await _gatehouse(plant))
                plain.append(await _script(plant))
        print(f"vendor answers after {latency} ms; {MANY} ingestions a round, {CONCURRENCY} at a time, 8 vendor calls each")
        first = rig.row("  Gatehouse, mutation to FINISHED", ours, "ingestions/s")
        second = rig.row("  plain asyncio + httpx script", plain, "ingestions/s")
        print(f"  ratio Gatehouse / script: {first / second:.2f}")


async def _gatehouse(plant: rig.Rig) -> float:
    tokens = await plant.tokens(MANY)
    async with plant.client() as http:
        customer_id = await rig.customer(http)
        waiting = iter(tokens)

        async def caller() -> None:
            for token in waiting:
                await rig.queue(http, customer_id, token)

        started = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        await rig.all_finished(http)
        return MANY / (time.perf_counter() - started)


async def _script(plant: rig.Rig) -> float:
    tokens = await plant.tokens(MANY)
    with tempfile.TemporaryDirectory() as folder:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bench.plain_ingest", plant.twin_url, str(CONCURRENCY), folder],
            input="\n".join(tokens),
            capture_output=True,
            text=True,
            check=True,
        )
    return MANY / float(done.stdout)
