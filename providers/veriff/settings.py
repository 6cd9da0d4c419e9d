"""The settings that the Veriff adapter and its twin read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pydantic import SecretStr

from app.domain.process import KycProcess


class IntegrationSettings(Protocol):
    """The keys of one integration, and the processes that its sessions provide."""

    @property
    def key(self) -> SecretStr: ...

    @property
    def secrets(self) -> tuple[bytes, ...]: ...

    @property
    def processes(self) -> tuple[KycProcess, ...]: ...


class VeriffSettings(Protocol):
    """Veriff's part of the settings, declared here so that a misspelt name fails the type check."""

    @property
    def integrations(self) -> Mapping[str, IntegrationSettings]: ...

    @property
    def veriff_base_url(self) -> str: ...

    @property
    def veriff_reads_per_5s(self) -> int: ...

    @property
    def veriff_writes_per_5s(self) -> int: ...

    @property
    def sandbox_decision_seconds(self) -> float: ...
