"""Memory of the gateway while large files stream through it, from the vendor into the blob store and out to a client."""

from __future__ import annotations

import asyncio
import json

import psutil

from bench import rig

SIZE = 60 * 1024 * 1024
MANY = 6
SCENARIO = {
    "name": "large",
    "base": "passport",
    "title": "A video of 60 MB",
    "images": [{"type": "PASSPORT", "country": "ESP", "kind": "jpeg", "size": SIZE, "step": "IDENTITY"}],
    "steps": {"PROOF_OF_RESIDENCE": None},
}
URLS = "{ ingestions(first: 1) { nodes { results { files { url size } } } } }"
MB = 1024 * 1024


async def run() -> None:
    with rig.rig(scenario=json.dumps(SCENARIO)) as plant:
        assert plant.gateway.started is not None
        process = psutil.Process(plant.gateway.started.pid)
        async with plant.client() as http:
            customer_id = await rig.customer(http)
            for token in await plant.tokens(10):
                await rig.queue(http, customer_id, token)
            await rig.all_finished(http)
            before = process.memory_info().rss / MB
            watching = asyncio.create_task(peak(process))
            for token in await plant.tokens(MANY, "large"):
                await rig.queue(http, customer_id, token)
            await rig.all_finished(http)
            taken = await stopped(watching)
            watching = asyncio.create_task(peak(process))
            results = (await rig.ask(http, URLS))["ingestions"]["nodes"][0]["results"]
            (file,) = (found for result in results for found in result["files"])
            read = 0
            async with http.stream("GET", file["url"].replace("http://127.0.0.1:8000", plant.url)) as answer:
                async for chunk in answer.aiter_bytes():
                    read += len(chunk)
            given = await stopped(watching)
    assert read == file["size"] == SIZE
    print(f"{MANY} files of {SIZE / MB:.0f} MB at once in, one out; resident memory of the gateway")
    rig.row("  before, after ten small ingestions", [before], "MB")
    rig.row("  peak while taking them in", [taken], "MB")
    rig.row("  peak while handing one out", [given], "MB")
    print(f"  ratio of growth to bytes under way: {(taken - before) / (MANY * SIZE / MB):.3f}")


async def peak(process: psutil.Process) -> float:
    peak = 0.0
    try:
        while True:
            peak = max(peak, process.memory_info().rss / MB)
            await asyncio.sleep(0.02)
    except asyncio.CancelledError:
        return peak


async def stopped(watching: asyncio.Task[float]) -> float:
    watching.cancel()
    return await watching
