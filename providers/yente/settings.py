"""The settings that the yente screener reads."""

from __future__ import annotations

from typing import Protocol

from pydantic import SecretStr


class YenteSettings(Protocol):
    """yente's part of the settings, declared here so that a misspelt name fails the type check."""

    @property
    def yente_base_url(self) -> str | None: ...

    @property
    def yente_token(self) -> SecretStr | None: ...

    @property
    def yente_dataset(self) -> str: ...

    @property
    def yente_algorithm(self) -> str: ...

    @property
    def yente_threshold(self) -> float: ...
