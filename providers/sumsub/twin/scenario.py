"""Scenarios: invented applicants as data files. One may build on another and say only what differs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """One invented applicant at the donor, and what happens when its share token is redeemed.

    `applicant`, `steps` and `images` become the payloads of the wire. `redeem` is `ok`, `used`, or an error code of the
    reuse products. `review` is the recipient's verdict, given `review_seconds` after the import. `faults` are scripted:
    operation to a list of faults.
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


def merged(base: Any, change: Any) -> Any:
    """JSON merge patch, RFC 7396."""
    if not isinstance(change, dict):
        return change
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def load(*more: Path) -> dict[str, Scenario]:
    """The shipped scenarios and those of more files, by name. Raises ValueError for a file that is not understood."""
    raw: dict[str, dict[str, Any]] = {}
    for path in (*sorted(FOLDER.glob("*.json")), *more):
        try:
            content = orjson.loads(path.read_bytes())
            raw[content["name"]] = content
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as problem:
            raise ValueError(f"{path} is no scenario: {problem}") from None
    return {name: _scenario(name, raw) for name in raw}


def _scenario(name: str, raw: dict[str, dict[str, Any]]) -> Scenario:
    whole = _resolved(name, raw, ())
    return Scenario(
        name=name,
        title=whole["title"],
        applicant=whole["applicant"],
        steps=whole.get("steps", {}),
        images=whole.get("images", []),
        review=whole.get("review", {"reviewStatus": "completed", "reviewResult": {"reviewAnswer": "GREEN"}}),
        review_seconds=whole.get("review_seconds", 0.0),
        redeem=whole.get("redeem", "ok"),
        faults=whole.get("faults", {}),
    )


def _resolved(name: str, raw: dict[str, dict[str, Any]], above: tuple[str, ...]) -> dict[str, Any]:
    if name not in raw or name in above:
        raise ValueError(f"scenario {name!r} does not exist or builds on itself")
    own = raw[name]
    base = _resolved(own["base"], raw, (*above, name)) if "base" in own else {}
    whole: dict[str, Any] = merged(base, {key: value for key, value in own.items() if key != "base"})
    return whole
