"""One invented session, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from providers.twin import scenario

FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """`decision` holds what differs from session to session of a decision's `verification`; `status` is its word, told
    `seconds` after the submission, or never where `seconds` is null. `media` become the lists of images and videos, `watchlist`
    the screening, where there is one. `faults` are scripted: operation to a list of faults."""

    name: str
    title: str
    status: str
    decision: dict[str, Any]
    media: list[dict[str, Any]]
    seconds: float | None
    faults: dict[str, list[str]]
    watchlist: dict[str, Any] | None


def load(*more: Path) -> dict[str, Scenario]:
    """The shipped scenarios and those of more files, by name. Raises ValueError for a file that is not understood."""
    try:
        return {name: _scenario(name, whole) for name, whole in scenario.read(FOLDER, *more).items()}
    except KeyError as missing:
        raise ValueError(f"a scenario lacks {missing}") from None


def _scenario(name: str, whole: dict[str, Any]) -> Scenario:
    seconds = whole.get("seconds", 0.0)
    return Scenario(
        name=name,
        title=whole["title"],
        status=whole.get("status", "approved"),
        decision=whole.get("decision", {}),
        media=whole.get("media", []),
        seconds=None if seconds == "never" else float(seconds),
        faults=whole.get("faults", {}),
        watchlist=whole.get("watchlist"),
    )
