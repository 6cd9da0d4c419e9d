"""The JSON of requests and responses."""

from __future__ import annotations

import json
from typing import Any

import orjson

from app.errors import BadRequest


def _no_constant(_: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")


def parse(raw: bytes | str) -> Any:
    """Parses a JSON value. Raises BadRequest for invalid JSON.

    Accepts broken Unicode inside texts, because the mutations' own checks name the field it is in.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        if b"\\u" in (raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")):
            return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        pass
    raise BadRequest("The body is not valid JSON in UTF-8.") from None


def encode(value: Any) -> bytes:
    """Returns a value as JSON bytes. Escapes all non-ASCII characters if a text (an echo of the caller's) is broken Unicode."""
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(value).encode()


def storable(value: Any) -> bool:
    """Returns whether a database can store every text in a JSON value: no null bytes, no broken Unicode."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return all(storable(key) and storable(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(storable, value))
    return True
