"""The yardstick of `ingest`: a plain asyncio and httpx script that makes the same vendor calls and stores rows.

No queue, no events, no encryption, no recovery. `python -m bench.plain_ingest BASE CONCURRENCY FOLDER` reads tokens from standard
input and prints the seconds it took.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sqlite3
import sys
import time
from pathlib import Path

import httpx


class Script:
    def __init__(self, base: str, concurrency: int, folder: Path) -> None:
        limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
        self.http = httpx.AsyncClient(base_url=base, limits=limits, timeout=60)
        self.gate = asyncio.Semaphore(concurrency)
        self.folder = folder
        self.rows = sqlite3.connect(folder / "plain.db")
        self.rows.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE ingestion (id TEXT PRIMARY KEY, body TEXT); CREATE TABLE file (ingestion TEXT, sha256 TEXT, size INT);"
        )

    async def call(self, method: str, target: str) -> httpx.Response:
        timestamp = str(int(time.time()))
        signature = hmac.new(b"bench", f"{timestamp}{method}{target}".encode(), hashlib.sha256).hexdigest()
        headers = {"X-App-Token": "sbx:bench", "X-App-Access-Ts": timestamp, "X-App-Access-Sig": signature}
        answer = await self.http.request(method, target, headers=headers)
        answer.raise_for_status()
        return answer

    async def ingest(self, number: int, token: str) -> None:
        async with self.gate:
            target = f"/resources/api/reusableIdentity/reuse?shareToken={token}&levelName=basic-kyc-level&userId={token[-12:]}"
            applicant_id = (await self.call("POST", target)).json()["id"]
            place = f"/resources/applicants/{applicant_id}"
            await self.call("GET", f"{place}/status")
            whole, steps, resources = await asyncio.gather(
                self.call("GET", f"{place}/one"),
                self.call("GET", f"{place}/requiredIdDocsStatus"),
                self.call("GET", f"{place}/metadata/resources"),
            )
            images = [item["id"] for item in resources.json()["items"]]
            files = await asyncio.gather(*(self.call("GET", f"{place}/resources/{image}") for image in images))
            body = json.dumps([whole.json(), steps.json(), resources.json()])
            self.rows.execute("INSERT INTO ingestion VALUES (?, ?)", (f"p{number}", body))
            for index, file in enumerate(files):
                (self.folder / f"{number}-{index}").write_bytes(file.content)
                digest = hashlib.sha256(file.content).hexdigest()
                self.rows.execute("INSERT INTO file VALUES (?, ?, ?)", (f"p{number}", digest, len(file.content)))
            self.rows.commit()


async def main() -> None:
    base, concurrency, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    tokens = sys.stdin.read().split()
    script = Script(base, concurrency, folder)
    started = time.perf_counter()
    await asyncio.gather(*(script.ingest(number, token) for number, token in enumerate(tokens)))
    print(time.perf_counter() - started)


if __name__ == "__main__":
    asyncio.run(main())
