"""Secrets of the settings."""

from __future__ import annotations

from pydantic import SecretStr


def reveal(secret: SecretStr | None) -> str:
    """Returns the clear text of a secret, empty if it is unset."""
    return secret.get_secret_value() if secret else ""
