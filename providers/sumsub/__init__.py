"""Sumsub adapter. `build` creates it from the settings. `call` holds the API calls; each process has its own module."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable

import httpx

from app.domain.provider import CallBudget, CallKind, Provider
from providers.secret import reveal
from providers.sumsub.account import Account
from providers.sumsub.adapter import Setup, Sumsub
from providers.sumsub.client import Client
from providers.sumsub.settings import SumsubSettings


def build(
    settings: SumsubSettings,
    http: httpx.AsyncClient,
    budget: Callable[[str, dict[CallKind, int]], CallBudget],
    now: Callable[[], dt.datetime],
) -> Provider | None:
    """Returns the adapter for the configured account, or None if no account is configured."""
    if not settings.sumsub_configured:
        return None
    token = reveal(settings.sumsub_app_token)
    # The budget belongs to the account. A digest names it, because the token itself is secret.
    account = "sumsub:" + hashlib.sha256(token.encode()).hexdigest()[:16]
    limits = {
        CallKind.READ: settings.sumsub_reads_per_5s,
        CallKind.WRITE: settings.sumsub_writes_per_5s,
        # Sumsub allows ten a minute by default, roughly one in five seconds.
        CallKind.SCREENING: settings.sumsub_screenings_per_5s,
    }
    client = Client(
        http,
        Account(settings.sumsub_base_url, token, reveal(settings.sumsub_secret_key).encode(), settings.sumsub_level),
        budget(account, limits),
        # Wall-clock time, not `now`: the sandbox's clock can be moved, and Sumsub rejects signatures with a wrong timestamp.
        epoch=time.time,
    )
    setup = Setup(
        copy=settings.sumsub_import == "copy",
        webhook_secret=reveal(settings.sumsub_webhook_secret).encode(),
        algorithms=settings.sumsub_webhook_algorithms,
    )
    return Sumsub(client, now, setup)
