"""Documents that customers send: how many a second are opened, written anew and sealed, and the gateway's memory meanwhile.

Beside it: a plain handler that takes the same bytes and writes them to a file as they are.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import psutil
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import serving
from bench import rig
from bench.files import MB, stopped
from bench.files import peak as peak_of
from tests.make.firm import CREATE_UPLOAD
from tests.make.person import jpeg

MANY, AT_ONCE, ROUNDS = 40, 8, 3


async def run() -> None:
    small, large = jpeg(), jpeg(4800, 3200)
    with rig.rig() as plant:
        assert plant.gateway.started is not None
        process = psutil.Process(plant.gateway.started.pid)
        async with plant.client() as http:
            ours, plain = [], []
            for _ in range(ROUNDS):
                ours.append(await _ours(http, plant.url, small))
                plain.append(await _plain(plant.folder, small))
            before = process.memory_info().rss / MB
            watching = asyncio.create_task(peak_of(process))
            await _ours(http, plant.url, large)
            peak = await stopped(watching)
    print(f"{MANY} pictures of {len(small) / MB:.2f} MB, {AT_ONCE} at a time")
    rig.row("  Gatehouse: opened, written anew, sealed twice", ours, "uploads/s")
    rig.row("  plain handler that stores the bytes", plain, "uploads/s")
    rig.row("  ratio Gatehouse / plain", [sorted(ours)[1] / sorted(plain)[1]], "")
    print(f"{MANY} pictures of {len(large) / MB:.1f} MB, {AT_ONCE} at a time; resident memory of the gateway")
    rig.row("  before", [before], "MB")
    rig.row("  peak", [peak], "MB")
    print(f"  ratio of growth to bytes that came in: {(peak - before) / (MANY * len(large) / MB):.3f}")


async def _ours(http: httpx.AsyncClient, url: str, content: bytes) -> float:
    customers = [await rig.customer(http) for _ in range(4)]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        given = {"customerId": customers[number % 4], "contentType": "image/jpeg", "size": len(content)}
        async with gate:
            made = (await rig.ask(http, CREATE_UPLOAD, {"input": given}))["createUpload"]["upload"]
            place = url + "/uploads/" + made["url"].rsplit("/", 1)[1]
            answer = await http.put(place, content=content, headers=made["headers"])
        assert answer.status_code == 201, answer.text

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(MANY)))
    return MANY / (time.perf_counter() - began)


async def _plain(folder: Path, content: bytes) -> float:
    async def keep(request: Request) -> Response:
        (folder / f"plain-{request.path_params['name']}").write_bytes(await request.body())
        return Response(status_code=201)

    port = serving.free_port(rig.HOST)
    application = Starlette(routes=[Route("/{name}", keep, methods=["PUT"])])
    gate = asyncio.Semaphore(AT_ONCE)
    async with serving.running(application, host=rig.HOST, port=port), httpx.AsyncClient() as http:

        async def one(number: int) -> None:
            async with gate:
                await http.put(f"http://{rig.HOST}:{port}/{number}", content=content)

        began = time.perf_counter()
        await asyncio.gather(*(one(number) for number in range(MANY)))
        return MANY / (time.perf_counter() - began)
