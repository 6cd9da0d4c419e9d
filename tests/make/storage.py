"""The firm's own storage, from which documents are fetched: good files, and every way to misbehave."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from app.service.document import sample

ASKED: Counter[str] = Counter()


async def _endless(_: Request) -> Response:
    async def forever() -> Any:
        yield sample.picture()
        for _ in range(1000):
            yield bytes(65_536)
            await asyncio.sleep(0)

    return StreamingResponse(forever(), media_type="image/jpeg")


async def _slow(_: Request) -> Response:
    async def drip() -> Any:
        for _ in range(3):
            yield b"\xff"
            await asyncio.sleep(1)

    return StreamingResponse(drip(), media_type="image/jpeg")


async def _flaky(request: Request) -> Response:
    ASKED[request.url.path] += 1
    if ASKED[request.url.path] < 2:
        return PlainTextResponse("later", 503)
    return Response(sample.picture(), media_type="image/jpeg")


def application() -> Any:
    async def good(_: Request) -> Response:
        return Response(sample.picture(), media_type="text/html")

    async def small(_: Request) -> Response:
        return Response(sample.picture()[:1000])

    async def page(_: Request) -> Response:
        return Response(b"<!doctype html><script>alert(1)</script>" * 4000, media_type="image/jpeg")

    async def damaged(_: Request) -> Response:
        return Response(sample.picture()[:400] + bytes(150_000), media_type="image/jpeg")

    async def redirect(_: Request) -> Response:
        return RedirectResponse("/good.jpg")

    async def packed(_: Request) -> Response:
        return Response(gzip.compress(sample.picture()), headers={"Content-Encoding": "gzip"})

    async def lying(_: Request) -> Response:
        return Response(b"x", headers={"Content-Length": str(11 * 1024 * 1024)})

    handlers = {
        "good.jpg": good, "small.jpg": small, "page.jpg": page, "damaged.jpg": damaged, "redirect.jpg": redirect,
        "packed.jpg": packed, "lying.jpg": lying, "endless.jpg": _endless, "slow.jpg": _slow, "flaky-{n}.jpg": _flaky,
    }  # fmt: skip
    return Starlette(routes=[Route(f"/{name}", handler) for name, handler in handlers.items()])
