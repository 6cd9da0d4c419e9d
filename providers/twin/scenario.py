"""Scenarios: invented applicants as data files. A scenario may name a base and hold only the differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson


def merged(base: Any, change: Any) -> Any:
    """Returns the base with the change applied as a JSON merge patch (RFC 7396)."""
    if not isinstance(change, dict):
        return change
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def read(folder: Path, *more: Path) -> dict[str, dict[str, Any]]:
    """Returns the scenarios of a folder and of more files by name, with bases merged. Raises ValueError for an invalid file."""
    raw: dict[str, dict[str, Any]] = {}
    for path in (*sorted(folder.glob("*.json")), *more):
        try:
            content = orjson.loads(path.read_bytes())
            raw[content["name"]] = content
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as problem:
            raise ValueError(f"{path} is no scenario: {problem}") from None
    return {name: _resolved(name, raw, ()) for name in raw}


def _resolved(name: str, raw: dict[str, dict[str, Any]], above: tuple[str, ...]) -> dict[str, Any]:
    if name not in raw or name in above:
        raise ValueError(f"scenario {name!r} does not exist or builds on itself")
    own = raw[name]
    base = _resolved(own["base"], raw, (*above, name)) if "base" in own else {}
    whole: dict[str, Any] = merged(base, {key: value for key, value in own.items() if key != "base"})
    return whole
