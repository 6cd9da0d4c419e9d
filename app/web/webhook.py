"""Webhooks of vendors: proven over the raw bytes, stored, answered. They only say which verification to refresh.

200 once the event is stored, known types and subjects or not, and for every repetition of it; 401 for a signature that is bad
or missing; 413 over 1 MB; 503 where it could not be stored, so that the vendor sends it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from app.domain.provider import Provider, ProviderName
from app.service.dependencies import Dependencies
from app.service.verification import inbound

log = structlog.get_logger(module=__name__)

LIMIT = 1024 * 1024
# Vendors give up on an answer after ten seconds, and a body should take far less to arrive.
BODY_SECONDS, STORE_SECONDS = 10.0, 8.0
COUNTED = Counter("gatehouse_webhooks_total", "Webhooks received, by provider and outcome.", ["provider", "outcome"])


class Webhooks:
    def __init__(self, deps: Dependencies, providers: Mapping[ProviderName, Provider]) -> None:
        self._deps = deps
        self._providers = providers

    async def handle(self, request: Request) -> Response:
        name = request.path_params["provider"].lower()
        provider = self._providers.get(ProviderName(name.upper())) if name.upper() in list(ProviderName) else None
        if provider is None:
            return _answer("unknown", "not_configured", 404)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(request)
        except (ClientDisconnect, TimeoutError):
            return _answer(name, "broken_off", 400)
        if body is None:
            return _answer(name, "too_large", 413)
        # Verified before anything else is done with it: a forged event must not reach the database or the vendor.
        if not provider.authentic(request.headers, body):
            return _answer(name, "bad_signature", 401)
        try:
            async with asyncio.timeout(STORE_SECONDS):
                taken = await inbound.take_in(self._deps, ProviderName(name.upper()), provider.notice(body), body)
        except (SQLAlchemyError, OSError, TimeoutError) as problem:
            log.error("webhook.not_stored", provider=name, error=type(problem).__name__)
            return _answer(name, "not_stored", 503)
        return _answer(name, taken, 200)


async def _read(request: Request) -> bytes | None:
    """Returns the raw body, or None if it is too large. Never holds more than the limit in memory."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LIMIT:
        return None
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > LIMIT:
            return None
    return bytes(held)


def _answer(provider: str, outcome: str, status: int) -> Response:
    COUNTED.labels(provider, outcome).inc()
    return JSONResponse({"outcome": outcome}, status)
