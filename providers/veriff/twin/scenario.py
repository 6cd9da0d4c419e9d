"""Scenarios: invented sessions with their decisions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from providers.twin import scenario

FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """One invented session. `decision` holds the scenario's own fields of the decision's `verification`. The decision has the
    status `status` and follows `seconds` after the submission, or never if that is None. `media` become the lists of images and
    videos. `watchlist` is the screening, if there is one. `faults` maps operations to scripted faults."""

    name: str
    title: str
    status: str
    decision: dict[str, Any]
    media: list[dict[str, Any]]
    seconds: float | None
    faults: dict[str, list[str]]
    watchlist: dict[str, Any] | None


def load(*more: Path) -> dict[str, Scenario]:
    """Returns the shipped scenarios and those of more files, by name. Raises ValueError for an invalid file."""
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
