"""Liveness, readiness and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CHECK_SECONDS = 3.0
Check = Callable[[], Awaitable[bool]]


async def livez(_: Request) -> Response:
    """The process runs its event loop. Touches nothing else."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """Whether this process can do its work: each check answers in time, or it cannot."""

    def __init__(self, checks: dict[str, Check]) -> None:
        self._checks = checks

    async def handle(self, _: Request) -> Response:
        results = dict(zip(self._checks, await asyncio.gather(*map(_passes, self._checks.values())), strict=True))
        ready = all(results.values())
        body = {"status": "ready" if ready else "not ready", "checks": results}
        return JSONResponse(body, 200 if ready else 503)


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception:  # whatever is wrong with a part, it is not ready
        return False


async def metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
