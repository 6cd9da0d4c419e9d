"""The vendors. One line per vendor in PROVIDERS; everything else about it lies in its own folder."""

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


# Builds a vendor's adapter from the settings; None where the vendor is not configured.
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
    """The adapters of all configured vendors. `budget` makes the shared call budget of an account, given its limits."""
    built = {name: factory(settings, http, budget, now) for name, factory in PROVIDERS.items()}
    return {name: provider for name, provider in built.items() if provider is not None}
