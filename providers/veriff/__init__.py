"""Veriff. `build` makes the adapter from the settings. The calls are in `client`, each process in a file of its name."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

import httpx

from app.domain.provider import CallBudget, CallKind, Provider
from providers.veriff.account import Integration
from providers.veriff.adapter import Veriff
from providers.veriff.client import Client
from providers.veriff.settings import VeriffSettings


def build(
    settings: VeriffSettings,
    http: httpx.AsyncClient,
    budget: Callable[[str, dict[CallKind, int]], CallBudget],
    now: Callable[[], dt.datetime],
) -> Provider | None:
    """Returns the adapter of all configured integrations, or None if there are none."""
    limits = {CallKind.READ: settings.veriff_reads_per_5s, CallKind.WRITE: settings.veriff_writes_per_5s}
    clients = {}
    for name, given in settings.integrations.items():
        key = given.key.get_secret_value()
        # The budget belongs to the integration. Its name is a digest of the API key.
        account = "veriff:" + hashlib.sha256(key.encode()).hexdigest()[:16]
        integration = Integration(name, key, given.secrets, given.processes)
        clients[name] = Client(http, integration, settings.veriff_base_url, budget(account, limits))
    return Veriff(clients, now) if clients else None
