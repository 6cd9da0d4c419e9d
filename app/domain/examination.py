"""The findings of `gatehouse doctor`: each fault named, with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    GOOD = "good"
    UNSURE = "unsure"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One check: its subject, its health, what was seen, and the remedy."""

    check: str
    health: Health
    seen: str
    remedy: str | None = None


def good(check: str, seen: str) -> Finding:
    return Finding(check, Health.GOOD, seen)


def unsure(check: str, seen: str, remedy: str) -> Finding:
    """Returns a finding that could not be determined from here and is no fault."""
    return Finding(check, Health.UNSURE, seen, remedy)


def bad(check: str, seen: str, remedy: str) -> Finding:
    return Finding(check, Health.BAD, seen, remedy)
