"""The seed of a twin that was given none."""

from __future__ import annotations

import secrets


def fresh() -> int:
    """Returns a seed that no earlier start of a twin has used."""
    return secrets.randbits(63)
