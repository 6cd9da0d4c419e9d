"""The default seed of a twin."""

from __future__ import annotations

import secrets


def fresh() -> int:
    """Returns a random seed of 63 bits, so that restarts of a twin do not repeat ids."""
    return secrets.randbits(63)
