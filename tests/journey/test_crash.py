"""200 ingestions while gateways and workers are killed at random: nothing lost, doubled or out of order.

The judges know nothing of the system: the twin's ledger, a subscriber that resumes by cursor, and the log at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from app import serving
from tests.make.firm import CREATE_CUSTOMER, CREATE_INGESTION, KEY
from tests.make.process import Process, output

INGESTIONS = 200
SEED = 20261121
FOLLOW = "subscription($after: String) { events(after: $after) { cursor id type data } }"
LIST = """query($after: String) { events(first: 100, after: $after) {
    nodes { id type data } pageInfo { hasNextPage endCursor } } }"""
COUNT = "query($s: [IngestionStatus!]) { ingestions(first: 100, filter: {status: $s}) { nodes { id } } }"


class Plant:
    """Twin, gateways and workers as processes of their own, and a client that does not give up."""

    def __init__(self, folder: Path, environment: dict[str, str], *, gateways: int, workers: int) -> None:
        self.ports = [serving.free_port("127.0.0.1") for _ in range(gateways)]
        twin_port = serving.free_port("127.0.0.1")
        self.ledger = folder / "ledger"
        self.twin_url = f"http://127.0.0.1:{twin_port}"
        self.environment = {
            "GATEHOUSE_SUMSUB_BASE_URL": self.twin_url,
            "GATEHOUSE_SUMSUB_APP_TOKEN": "sbx:crash",
            "GATEHOUSE_SUMSUB_SECRET_KEY": "crash",
            "GATEHOUSE_SUMSUB_WEBHOOK_SECRET": "crash-webhooks",
            "GATEHOUSE_SUMSUB_READS_PER_5S": "100000",
            "GATEHOUSE_SUMSUB_WRITES_PER_5S": "100000",
            # The vendor's ten readings of AML cases a minute would be all that is waited for.
            "GATEHOUSE_SCREENERS": "lists",
            "GATEHOUSE_SECRET_KEYS": KEY,
            "GATEHOUSE_BLOB_URL": (folder / "blobs").as_uri(),
            "GATEHOUSE_LEASE_SECONDS": "2",
            "GATEHOUSE_WORKER_CONCURRENCY": "10",
            "GATEHOUSE_LOG_LEVEL": "ERROR",
            **environment,
        }
        faults = "latency=60,cut_after=0.03,cut_before=0.02,500=0.03"
        twin = ["twin", "sumsub", "--seed", "1", "--port", str(twin_port), "--ledger", str(self.ledger), "--faults", faults]
        self.twin = Process(twin, self.environment, folder / "twin.log", f"{self.twin_url}/_twin/scenarios")
        self.random = random.Random(SEED)
        self.gateways = [
            Process(
                ["serve", "--port", str(port)], self.environment, folder / f"gateway{port}.log", f"http://127.0.0.1:{port}/livez"
            )
            for port in self.ports
        ]
        self.workers = [Process(["worker"], self.environment, folder / f"worker{index}.log") for index in range(workers)]
        self.token = ""

    @property
    def url(self) -> str:
        """One of the gateways, as a load balancer would choose."""
        return f"http://127.0.0.1:{self.random.choice(self.ports)}"

    def start(self) -> None:
        issue = ["credentials", "issue", "--kind", "api-key", "--role", "service", "--name", "crash"]
        issued = output(issue, self.environment)
        assert issued.returncode == 0, issued.stderr
        self.token = issued.stdout.strip()
        for process in (self.twin, *self.gateways, *self.workers):
            process.start()
        for process in (self.twin, *self.gateways):
            process.await_ready()

    def stop(self) -> None:
        for process in (*self.gateways, *self.workers, self.twin):
            if process.started is not None and process.started.poll() is None:
                process.kill()

    async def ask(self, query: str, variables: dict[str, Any]) -> Any:
        """The data of an operation, however often the gateway goes away in between."""
        async with httpx.AsyncClient(timeout=10) as http:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    answer = await http.post(
                        f"{self.url}/graphql",
                        json={"query": query, "variables": variables},
                        headers={"Authorization": f"Bearer {self.token}"},
                    )
                    found = answer.json()
                    if "errors" not in found:
                        return found["data"]
                await asyncio.sleep(0.1)

    async def feed(self) -> None:
        """Creates the ingestions; each with a key of its own, so that asking again is safe."""
        gate = asyncio.Semaphore(8)

        async def one(index: int) -> None:
            async with gate:
                person = {"email": f"p{index}@example.com", "firstName": "P", "idempotencyKey": f"p{index}"}
                made = await self.ask(CREATE_CUSTOMER, {"input": person})
                async with httpx.AsyncClient() as http:
                    share = await http.post(f"{self.twin_url}/_twin/share-tokens", json={"scenario": "passport"})
                given = {
                    "customerId": made["createCustomer"]["customer"]["id"],
                    "source": {"sumsub": {"shareToken": share.json()["token"]}},
                    "processes": ["PROFILE", "IDENTITY"],
                    "idempotencyKey": f"i{index}",
                }
                payload = (await self.ask(CREATE_INGESTION, {"input": given}))["createIngestion"]
                assert payload["userErrors"] == []

        await asyncio.gather(*(one(index) for index in range(INGESTIONS)))

    async def torment(self) -> None:
        """Kills a process at random every now and then, and starts it again."""
        while True:
            # Long enough for a slow machine to get anything done: a row that is killed five times in a row is set aside, rightly.
            await asyncio.sleep(self.random.uniform(1.5, 4.0))
            victim = self.random.choice([*self.gateways, *self.workers])
            await asyncio.to_thread(victim.kill)
            await asyncio.sleep(self.random.uniform(0.0, 0.3))
            victim.start()
            if victim in self.gateways:
                await asyncio.to_thread(victim.await_ready)

    async def follow(self, seen: list[dict[str, Any]]) -> None:
        """A subscriber that comes back with its cursor whenever it is cut off."""
        first = (await self.ask(LIST, {}))["events"]["pageInfo"]["endCursor"]
        assert first is None
        after: str | None = None
        while True:
            with contextlib.suppress(Exception):
                async with connect(f"{self.url.replace('http', 'ws')}/graphql", subprotocols=["graphql-transport-ws"]) as s:  # type: ignore[list-item]
                    hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}}
                    await s.send(json.dumps(hello))
                    await s.recv()
                    payload = {"query": FOLLOW, "variables": {"after": after}}
                    await s.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                    async for text in s:
                        message = json.loads(text)
                        assert message["type"] == "next", message
                        event = message["payload"]["data"]["events"]
                        seen.append(event)
                        after = event["cursor"]
            await asyncio.sleep(0.1)

    async def settled(self, seconds: float = 90) -> None:
        async with asyncio.timeout(seconds):
            while (await self.ask(COUNT, {"s": ["QUEUED", "RUNNING"]}))["ingestions"]["nodes"]:
                await asyncio.sleep(0.25)

    async def log(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        after = None
        while True:
            page = (await self.ask(LIST, {"after": after}))["events"]
            events += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return events
            after = page["pageInfo"]["endCursor"]


def judge(plant: Plant, log: list[dict[str, Any]], seen: list[dict[str, Any]]) -> None:
    moves: defaultdict[str, list[str]] = defaultdict(list)
    results: Counter[tuple[str, str]] = Counter()
    for event in log:
        data = event["data"]
        if event["type"] == "ingestion.created":
            moves[data["ingestionId"]].append(data["status"])
        if event["type"] == "ingestion.status_changed":
            assert moves[data["ingestionId"]][-1] == data["oldStatus"]
            moves[data["ingestionId"]].append(data["newStatus"])
        if event["type"] == "ingestion.result_changed":
            assert data["status"] == "COMPLETED", data
            results[data["ingestionId"], data["process"]] += 1
    assert len(moves) == INGESTIONS
    assert {tuple(path) for path in moves.values()} == {("QUEUED", "RUNNING", "FINISHED")}
    assert len(results) == 2 * INGESTIONS
    assert set(results.values()) == {1}
    redeemed = Counter(line.split()[1] for line in plant.ledger.read_text().splitlines() if line.startswith("redeemed "))
    assert len(redeemed) == INGESTIONS
    assert set(redeemed.values()) == {1}
    told = [event["id"] for event in seen]
    assert told == [event["id"] for event in log][-len(told) :]
    assert len(told) >= len(log) - 5  # a subscription without a cursor begins when it begins


def planted(kind: str, request: pytest.FixtureRequest, folder: Path, **more: str) -> Plant:
    """A plant of one gateway, or of two gateways and two workers."""
    if kind == "embedded":
        return Plant(folder, {"GATEHOUSE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/g.db", **more}, gateways=1, workers=0)
    environment = {
        "GATEHOUSE_DATABASE_URL": request.getfixturevalue("postgresql_server").database(),
        "GATEHOUSE_REDIS_URL": request.getfixturevalue("own_redis").url,
        **more,
    }
    known = {"GATEHOUSE_SECRET_KEYS": KEY, "GATEHOUSE_BLOB_URL": "file:///tmp"}
    assert output(["db", "upgrade"], environment | known).returncode == 0
    return Plant(folder, environment, gateways=2, workers=2)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["embedded", "distributed"])
async def test_nothing_is_lost_doubled_or_out_of_order_through_crashes(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    plant = planted(kind, request, tmp_path)
    seen: list[dict[str, Any]] = []
    try:
        plant.start()
        following = asyncio.create_task(plant.follow(seen))
        await asyncio.sleep(1.0)
        torment = asyncio.create_task(plant.torment())
        await plant.feed()
        await plant.settled()
        torment.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await torment
        log = await plant.log()
        async with asyncio.timeout(20):
            while not seen or seen[-1]["id"] != log[-1]["id"]:
                await asyncio.sleep(0.1)
        following.cancel()
        judge(plant, log, seen)
        checked = output(["db", "check"], plant.environment)
        assert checked.returncode == 0, checked.stdout
    finally:
        plant.stop()
