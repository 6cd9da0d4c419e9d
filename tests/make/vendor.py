"""The twins with clients of their own, without Gatehouse between them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from app import serving
from app.domain.provider import CallKind
from providers import wire
from providers.sumsub import twin as sumsub_twin
from providers.sumsub.account import Account
from providers.sumsub.adapter import Setup, Sumsub
from providers.sumsub.client import Client as SumsubClient
from providers.veriff import twin as veriff_twin
from providers.veriff.account import Integration
from providers.veriff.adapter import Veriff
from providers.veriff.client import Client as VeriffClient

HOST = "127.0.0.1"


class Budget:
    """Counts instead of holding back."""

    def __init__(self) -> None:
        self.taken: list[CallKind] = []
        self.blocked: list[tuple[CallKind, float]] = []

    async def take(self, kind: CallKind) -> None:
        self.taken.append(kind)

    async def block(self, kind: CallKind, seconds: float) -> None:
        self.blocked.append((kind, seconds))


@dataclass
class Vendor:
    """One vendor: its twin's address, a client, the adapter over it."""

    url: str
    http: httpx.AsyncClient
    client: Any
    provider: Any
    budget: Budget = field(default_factory=Budget)

    async def ask(self, place: str, **given: Any) -> Any:
        answer = await self.http.post(f"{self.url}/_twin/{place}", content=orjson.dumps(given))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def fault(self, operation: str, *faults: str) -> None:
        await self.ask("faults", operation=operation, faults=list(faults))

    async def effects(self) -> dict[str, int]:
        return (await self.http.get(f"{self.url}/_twin/effects")).json()  # type: ignore[no-any-return]

    async def webhooks(self) -> list[dict[str, Any]]:
        return (await self.http.get(f"{self.url}/_twin/webhooks")).json()  # type: ignore[no-any-return]


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@asynccontextmanager
async def sumsub(**more: Any) -> AsyncIterator[Vendor]:
    options = sumsub_twin.Options(seed=1, reads_per_5s=100_000, writes_per_5s=100_000, aml_per_minute=100_000, **more)
    port, budget = serving.free_port(HOST), Budget()
    url = f"http://{HOST}:{port}"
    async with serving.running(sumsub_twin.application(options), host=HOST, port=port), wire.client() as http:
        account = Account(url, options.app_token, options.secret_key.encode(), "basic-kyc-level")
        client = SumsubClient(http, account, budget, epoch=time.time)
        provider = Sumsub(client, now, Setup(webhook_secret=options.webhook_secret.encode()))
        yield Vendor(url, http, client, provider, budget)


@asynccontextmanager
async def veriff(**more: Any) -> AsyncIterator[Vendor]:
    options = veriff_twin.Options(seed=1, calls_per_5s=100_000, deletion=True, **more)
    port, budget = serving.free_port(HOST), Budget()
    url, keys = f"http://{HOST}:{port}", options.integrations["default"]
    async with serving.running(veriff_twin.application(options), host=HOST, port=port), wire.client() as http:
        integration = Integration("default", keys.api_key, (keys.secret.encode(),))
        client = VeriffClient(http, integration, url, budget, sync_base_url=url)
        yield Vendor(url, http, client, Veriff({"default": client}, now), budget)


VENDORS: dict[str, Callable[..., Any]] = {"sumsub": sumsub, "veriff": veriff}
Run = Callable[[Vendor, dict[str, str]], Awaitable[Any]]
