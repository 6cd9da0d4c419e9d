"""The registry of vendors: one line per vendor in PROVIDERS. All other code of a vendor is in its own folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

import httpx

from app.domain.provider import CallBudget, CallKind, Provider, ProviderName
from providers import sumsub, veriff
from providers.sumsub.settings import SumsubSettings
from providers.veriff.settings import VeriffSettings


class Settings(SumsubSettings, VeriffSettings, Protocol):
    """The settings of all vendors."""


# Builds a vendor's adapter from the settings. Returns None if the vendor is not configured.
Factory = Callable[
    [Settings, httpx.AsyncClient, Callable[[str, dict[CallKind, int]], CallBudget], Callable[[], dt.datetime]],
    Provider | None,
]

PROVIDERS: dict[ProviderName, Factory] = {
    ProviderName.SUMSUB: sumsub.build,
    ProviderName.VERIFF: veriff.build,
}


def build(
    settings: Settings,
    http: httpx.AsyncClient,
    budget: Callable[[str, dict[CallKind, int]], CallBudget],
    now: Callable[[], dt.datetime],
) -> dict[ProviderName, Provider]:
    """Returns the adapters of all configured vendors. `budget` makes the shared call budget of an account from its limits."""
    built = {name: factory(settings, http, budget, now) for name, factory in PROVIDERS.items()}
    return {name: provider for name, provider in built.items() if provider is not None}
