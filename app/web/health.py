"""Liveness, readiness and metrics."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import time
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.service.customer import stuck
from app.service.dependencies import Dependencies

CHECK_SECONDS = 3.0
STALE_SECONDS = 10.0
WINDOW = dt.timedelta(days=30)
STUCK = Gauge("gatehouse_stuck_verifications", "Stuck cases, by cause.", ["cause"])
VERIFICATIONS = Gauge("gatehouse_verifications_30d", "Verifications started in the last 30 days, by outcome.", ["outcome"])
CONVERSION = Gauge(
    "gatehouse_verification_conversion_30d",
    "Share of started verifications that were approved, over the last 30 days; NaN if none was started.",
)
SECONDS = Gauge("gatehouse_seconds_to_verify_30d", "Seconds from start to approval, of the last 30 days.", ["quantile"])
Check = Callable[[], Awaitable[bool]]


async def livez(_: Request) -> Response:
    """Returns 200 while the event loop runs. Touches nothing else."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """Readiness: the process can do its work only if every check passes in time."""

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


class Metrics:
    """Metrics for Prometheus. Figures from the database are cached, and omitted while it is unreachable."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._looked_at = -STALE_SECONDS

    async def handle(self, _: Request) -> Response:
        if time.monotonic() - self._looked_at >= STALE_SECONDS:
            self._looked_at = time.monotonic()
            if not await _passes(self._refresh):
                STUCK.clear()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def _refresh(self) -> bool:
        at = self._deps.clock.now()
        async with self._deps.database.reading() as connection:
            counted = await stuck.counts(connection, at=at)
            figures = await stuck.figures(connection, since=at - WINDOW)
        for cause, many in counted.items():
            STUCK.labels(cause.value.lower()).set(many)
        for outcome, many in (("started", figures.started), ("verified", figures.verified), ("failed", figures.failed)):
            VERIFICATIONS.labels(outcome).set(many)
        CONVERSION.set(figures.conversion if figures.conversion is not None else math.nan)
        for quantile, seconds in (("0.5", figures.median_seconds), ("0.9", figures.slowest_tenth_seconds)):
            SECONDS.labels(quantile).set(seconds if seconds is not None else math.nan)
        return True
