"""The reason why a list cannot be read."""

from __future__ import annotations

from app.errors import GatehouseError

LONGEST = 500


class ListFault(GatehouseError):
    code = "UNREADABLE_LIST"

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")


def unique(*values: object) -> tuple[str, ...]:
    """Returns the texts among the values, each once, in their order, cut to a length that can be kept."""
    return tuple(dict.fromkeys(text for value in values if isinstance(value, str) and (text := value.strip()[:LONGEST])))
