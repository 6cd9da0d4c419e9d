"""Scenarios: fictitious applicants, with the results of redeeming their share tokens and checking them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from providers.twin import scenario

FOLDER = Path(__file__).parent / "scenarios"
APPROVED = {"reviewStatus": "completed", "reviewResult": {"reviewAnswer": "GREEN"}}


@dataclass(frozen=True)
class Scenario:
    """One scenario. `applicant`, `steps` and `images` become response payloads. `redeem` is `ok`, `used`, or an error code of
    the reuse products. `review` is the verdict, applied `review_seconds` after the check started. `faults` maps operations to
    lists of scripted faults. `aml` is the vendor's own screening, or None if it ran none.
    """

    name: str
    title: str
    applicant: dict[str, Any]
    steps: dict[str, Any]
    images: list[dict[str, Any]]
    review: dict[str, Any]
    review_seconds: float
    redeem: str
    faults: dict[str, list[str]]
    aml: dict[str, Any] | None


def load(*more: Path) -> dict[str, Scenario]:
    """Returns the built-in scenarios and those of additional files, by name. Raises ValueError for an invalid file."""
    try:
        return {name: _scenario(name, whole) for name, whole in scenario.read(FOLDER, *more).items()}
    except KeyError as missing:
        raise ValueError(f"a scenario lacks {missing}") from None


def _scenario(name: str, whole: dict[str, Any]) -> Scenario:
    return Scenario(
        name=name,
        title=whole["title"],
        applicant=whole["applicant"],
        steps=whole.get("steps", {}),
        images=whole.get("images", []),
        review=whole.get("review", APPROVED),
        review_seconds=whole.get("review_seconds", 0.0),
        redeem=whole.get("redeem", "ok"),
        faults=whole.get("faults", {}),
        aml=whole.get("aml"),
    )
