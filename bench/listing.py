"""A page of 50 ingestions with their results over GraphQL, against the same page written by hand."""

from __future__ import annotations

import asyncio
import time

import httpx

from bench import rig
from tests.make.process import Process

ROUNDS = 5
REQUESTS = 60
CONNECTIONS = 4
PAGE = """{ ingestions(first: 50) { nodes { id status createdAt finishedAt customer { id kycStatus }
    results { process status error { code } } } } }"""


async def run() -> None:
    with rig.rig(environment={"GATEHOUSE_WORKER_CONCURRENCY": "16"}) as plant:
        async with plant.client() as http:
            customer_id = await rig.customer(http)
            for token in await plant.tokens(60, "no-proof-of-address"):
                await rig.queue(http, customer_id, token)
            await rig.all_finished(http)
        address, plain = plant.beside("bench.plain_list", "/graphql", str(plant.database))
        ours, theirs, ours_cpu, theirs_cpu = [], [], [], []
        for _ in range(ROUNDS):
            async with plant.client() as http:
                latency, cpu = await _measure(http, plant.gateway)
            ours.append(latency)
            ours_cpu.append(cpu)
            async with httpx.AsyncClient(base_url=address) as http:
                latency, cpu = await _measure(http, plain)
            theirs.append(latency)
            theirs_cpu.append(cpu)
    print(f"page of 50 with 200 results, {CONNECTIONS} connections, {REQUESTS} requests a round")
    first = rig.row("  Gatehouse, GraphQL, CPU", ours_cpu, "ms/request")
    second = rig.row("  Starlette + sqlite3 + orjson by hand, CPU", theirs_cpu, "ms/request")
    rig.row("  Gatehouse, GraphQL, median latency", ours, "ms")
    rig.row("  by hand, median latency", theirs, "ms")
    print(f"  ratio CPU by hand / Gatehouse: {second / first:.3f} ({first / second:.0f} times the work)")


async def _measure(http: httpx.AsyncClient, server: Process) -> tuple[float, float]:
    """Median latency and server CPU a request, in milliseconds."""
    latencies: list[float] = []

    async def caller() -> None:
        for _ in range(REQUESTS // CONNECTIONS):
            started = time.perf_counter()
            answer = await http.post("/graphql", json={"query": PAGE})
            latencies.append((time.perf_counter() - started) * 1000)
            assert len(answer.json()["data"]["ingestions"]["nodes"]) == 50

    await caller()
    latencies.clear()
    before = rig.cpu_seconds(server)
    await asyncio.gather(*(caller() for _ in range(CONNECTIONS)))
    used = (rig.cpu_seconds(server) - before) * 1000 / len(latencies)
    return sorted(latencies)[len(latencies) // 2], used
