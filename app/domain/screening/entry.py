"""A person on a watch list, as the importers read it and the index compares it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True)
class Entry:
    """`key` is the list's own id. `births` are `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, a range `YYYY/YYYY`, or any of them behind a
    `~` for "about"; `weak` are names that the list itself holds to be unreliable. Countries are alpha-2."""

    key: str
    names: tuple[str, ...]
    weak: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    source: str | None = None
    digest: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.encoded()).hexdigest()[:32])

    def plain(self) -> dict[str, Any]:
        """Returns JSON without empty values."""
        columns = ("names", "weak", "births", "countries", "documents", "topics", "programs", "source")
        return {name: value for name in columns if (value := getattr(self, name))}

    def encoded(self) -> bytes:
        return orjson.dumps([self.key, self.plain()], option=orjson.OPT_SORT_KEYS)


def decoded(content: bytes) -> Entry:
    """Reads the form that `Entry.encoded` returns."""
    key, fields = orjson.loads(content)
    given: dict[str, Any] = {name: value if name == "source" else tuple(value) for name, value in fields.items()}
    return Entry(key, **given)
