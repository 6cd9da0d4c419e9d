"""What the benchmarks share: processes, a client, CPU of a server, and medians."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from app import serving
from tests.make.firm import CREATE_CUSTOMER, CREATE_INGESTION, KEY
from tests.make.process import Process, output

HOST = "127.0.0.1"
CREDENTIALS = {"GATEHOUSE_SUMSUB_APP_TOKEN": "sbx:bench", "GATEHOUSE_SUMSUB_SECRET_KEY": "bench"}


class Rig:
    """A folder, a Sumsub twin, a gateway, and a client of both; everything stopped at the end."""

    def __init__(
        self, folder: Path, *, latency_ms: float = 0, environment: dict[str, str] | None = None, scenario: str | None = None
    ) -> None:
        self.folder = folder
        self.port, self.twin_port = serving.free_port(HOST), serving.free_port(HOST)
        self.database = folder / "gatehouse.db"
        self.environment = {
            **CREDENTIALS,
            "GATEHOUSE_DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "GATEHOUSE_SECRET_KEYS": KEY,
            "GATEHOUSE_BLOB_URL": (folder / "blobs").as_uri(),
            "GATEHOUSE_SUMSUB_BASE_URL": self.twin_url,
            "GATEHOUSE_SUMSUB_READS_PER_5S": "100000",
            "GATEHOUSE_SUMSUB_WRITES_PER_5S": "100000",
            "GATEHOUSE_LOG_LEVEL": "ERROR",
            **(environment or {}),
        }
        twin = ["twin", "sumsub", "--port", str(self.twin_port), "--faults", f"latency={latency_ms:g}"]
        if scenario is not None:
            (folder / "scenario.json").write_text(scenario)
            twin += ["--scenario", str(folder / "scenario.json")]
        self.twin = Process(twin, self.environment, folder / "twin.log", f"{self.twin_url}/_twin/scenarios")
        self.gateway = Process(["serve", "--port", str(self.port)], self.environment, folder / "gateway.log", f"{self.url}/livez")
        self.more: list[Process] = []
        self.token = ""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def twin_url(self) -> str:
        return f"http://{HOST}:{self.twin_port}"

    def beside(self, module: str, path: str, *arguments: str) -> tuple[str, Process]:
        """Starts a yardstick's server on a port of its own: its address under `path`, and its process."""
        port = serving.free_port(HOST)
        address = f"http://{HOST}:{port}"
        process = Process([str(port), *arguments], {}, self.folder / "plain.log", address + path, module)
        self.more.append(process)
        process.start()
        process.await_ready()
        return address, process

    def start(self) -> None:
        scope = ["--scope", "persons:read"]
        issued = output(
            ["credentials", "issue", "--kind", "api-key", "--role", "service", "--name", "bench", *scope], self.environment
        )
        assert issued.returncode == 0, issued.stderr
        self.token = issued.stdout.strip()
        for process in (self.twin, self.gateway, *self.more):
            process.start()
        self.twin.await_ready()
        self.gateway.await_ready()

    def stop(self) -> None:
        for process in (self.gateway, *self.more, self.twin):
            if process.started is not None and process.started.poll() is None:
                process.kill()

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)

    async def tokens(self, many: int, scenario: str = "passport") -> list[str]:
        async with httpx.AsyncClient(base_url=self.twin_url, timeout=60) as http:
            return [(await http.post("/_twin/share-tokens", json={"scenario": scenario})).json()["token"] for _ in range(many)]


@contextmanager
def rig(**options: Any) -> Iterator[Rig]:
    with tempfile.TemporaryDirectory(prefix="gh-bench-") as folder:
        made = Rig(Path(folder), **options)
        try:
            made.start()
            yield made
        finally:
            made.stop()


async def ask(http: httpx.AsyncClient, query: str, variables: Any = None) -> Any:
    answer = (await http.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def customer(http: httpx.AsyncClient) -> str:
    made = await ask(http, CREATE_CUSTOMER, {"input": {"email": "b@example.com", "firstName": "B"}})
    return str(made["createCustomer"]["customer"]["id"])


async def queue(http: httpx.AsyncClient, customer_id: str, token: str) -> str:
    given = {"customerId": customer_id, "source": {"sumsub": {"shareToken": token}}}
    return str((await ask(http, CREATE_INGESTION, {"input": given}))["createIngestion"]["ingestion"]["id"])


async def all_finished(http: httpx.AsyncClient) -> None:
    query = "{ ingestions(first: 1, filter: {status: [QUEUED, RUNNING]}) { nodes { id } } }"
    while (await ask(http, query))["ingestions"]["nodes"]:
        await asyncio.sleep(0.02)


def cpu_seconds(process: Process) -> float:
    assert process.started is not None
    times = psutil.Process(process.started.pid).cpu_times()
    return float(times.user + times.system)


def row(name: str, values: Sequence[float], unit: str) -> float:
    middle = statistics.median(values)
    print(f"{name:<52} {middle:>10.2f} {unit:<14} ({min(values):.2f} to {max(values):.2f})", flush=True)
    return middle
