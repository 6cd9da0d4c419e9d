"""State machines as tables. `check` is called before every move of a status."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from app.errors import GatehouseError

S = TypeVar("S", bound=StrEnum)


class IllegalMove(GatehouseError):
    """A move that the table does not contain. Always a defect of ours, never the caller's."""

    code = "ILLEGAL_MOVE"


def check(transitions: Mapping[S, frozenset[S]], old: S, new: S) -> None:
    """Raises IllegalMove unless `old → new` is in the table."""
    if new not in transitions[old]:
        raise IllegalMove(f"{type(old).__name__}: {old} → {new} is not a transition")
