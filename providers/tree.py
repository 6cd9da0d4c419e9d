"""A tolerant reader for JSON. Values that are absent, null or of another type all read as missing.

Every place has its path in the payload. The path becomes the source of the values read from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import orjson

from app.domain.normal.name import clean, is_latin


class Tree:
    def __init__(self, value: Any, path: str = "") -> None:
        self.value = value
        self.path = path

    @classmethod
    def parse(cls, raw: bytes | None) -> Tree:
        """Returns the tree of a payload, or an empty tree if it is not JSON."""
        try:
            return cls(orjson.loads(raw) if raw else None)
        except orjson.JSONDecodeError:
            return cls(None)

    def at(self, *keys: str) -> Tree:
        place = self
        for key in keys:
            value = place.value.get(key) if isinstance(place.value, dict) else None
            place = Tree(value, f"{place.path}.{key}" if place.path else key)
        return place

    def items(self) -> Iterator[Tree]:
        for index, value in enumerate(self.value if isinstance(self.value, list) else ()):
            yield Tree(value, f"{self.path}[{index}]")

    def fields(self) -> Iterator[tuple[str, Tree]]:
        """Yields the name and value of each member of an object, in order."""
        for key in self.value if isinstance(self.value, dict) else ():
            yield key, self.at(key)

    def first(self) -> Tree:
        return next(self.items(), Tree(None, f"{self.path}[0]"))

    @cached_property
    def text(self) -> str | None:
        """Returns the cleaned text of this place. Caches the result."""
        return clean(self.value)

    @property
    def number(self) -> int | None:
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    @property
    def id(self) -> str | None:
        """Returns an identifier as text, because vendors send the same id as a number in one place and as text in another."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        return self.text

    def latin(self, key: str) -> tuple[str | None, Tree]:
        """Returns a field's text and place. Prefers the `…En` field if the field itself is not in Latin script."""
        plain, twin = self.at(key), self.at(key + "En")
        if plain.text and not is_latin(plain.text) and twin.text:
            return twin.text, twin
        return plain.text, plain

    def __bool__(self) -> bool:
        return self.value not in (None, "", [], {})
