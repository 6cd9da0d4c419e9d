"""From queued to running on an idle worker: embedded, and distributed on PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import datetime as dt

from bench import rig
from tests.make import servers
from tests.make.process import Process, output

SAMPLES = 40
READ = "query($id: ID!) { ingestion(id: $id) { status createdAt startedAt } }"


async def run() -> None:
    print(f"queued to running, {SAMPLES} ingestions one after the other on idle workers")
    with rig.rig() as plant:
        embedded = await _samples(plant)
    with servers.postgresql() as postgresql, servers.redis() as redis:
        environment = {"GATEHOUSE_DATABASE_URL": postgresql.database(), "GATEHOUSE_REDIS_URL": redis.url}
        plant_environment = {
            **rig.CREDENTIALS,
            **environment,
            "GATEHOUSE_SECRET_KEYS": rig.KEY,
            "GATEHOUSE_BLOB_URL": "file:///tmp",
        }
        migrated = await asyncio.to_thread(output, ["db", "upgrade"], plant_environment)
        assert migrated.returncode == 0, migrated.stderr
        with rig.rig(environment=environment) as plant:
            worker = Process(["worker", "--concurrency", "8"], plant.environment, plant.folder / "worker.log")
            plant.more.append(worker)
            worker.start()
            await asyncio.sleep(3)
            distributed = await _samples(plant)
    rig.row("  embedded", embedded, "ms")
    rig.row("  distributed (PostgreSQL, Redis, own process)", distributed, "ms")
    for name, values in (("embedded", embedded), ("distributed", distributed)):
        print(f"  {name}, 90th percentile: {sorted(values)[int(len(values) * 0.9)]:.2f} ms")


async def _samples(plant: rig.Rig) -> list[float]:
    found = []
    async with plant.client() as http:
        customer_id = await rig.customer(http)
        for token in await plant.tokens(SAMPLES):
            ingestion_id = await rig.queue(http, customer_id, token)
            await rig.all_finished(http)
            times = (await rig.ask(http, READ, {"id": ingestion_id}))["ingestion"]
            created, started = (dt.datetime.fromisoformat(times[name]) for name in ("createdAt", "startedAt"))
            found.append((started - created).total_seconds() * 1000)
            await asyncio.sleep(0.1)
    return found
