"""Settings of the Sumsub adapter and its twin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import SecretStr


class SumsubSettings(Protocol):
    """The settings that Sumsub reads. Declared here so that a misspelt name fails the type check."""

    @property
    def sumsub_configured(self) -> bool: ...

    @property
    def sumsub_base_url(self) -> str: ...

    @property
    def sumsub_app_token(self) -> SecretStr | None: ...

    @property
    def sumsub_secret_key(self) -> SecretStr | None: ...

    @property
    def sumsub_webhook_secret(self) -> SecretStr | None: ...

    @property
    def sumsub_level(self) -> str: ...

    @property
    def sumsub_import(self) -> str: ...

    @property
    def sumsub_reads_per_5s(self) -> int: ...

    @property
    def sumsub_writes_per_5s(self) -> int: ...

    @property
    def sumsub_screenings_per_5s(self) -> int: ...

    @property
    def sumsub_webhook_algorithms(self) -> Sequence[str]: ...
