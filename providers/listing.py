"""What vendors tell of listed persons, as hits: one shape, whichever of their fields are there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from app.domain.screening import Hit, Topic
from providers.tree import Tree

KEY_LIMIT = 200


def topics(words: Iterable[str | None], table: Mapping[str, Topic]) -> tuple[str, ...]:
    """The vendor's words in ours; one that no table knows is OTHER, never left out."""
    return tuple(dict.fromkeys(table.get(word, Topic.OTHER) for word in words if word))


def digest(content: Any) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def hit(name: str, tree: Tree, *, key: str | None, known_as: str, on: tuple[str, ...], score: float | None = None) -> Hit:
    """A hit of the vendor's list `name`. What the vendor calls no id is known by what it says."""
    said = digest(tree.value)
    return Hit(name, (key or said)[:KEY_LIMIT], said, known_as, on, score, {"record": tree.value})


def label(name: str, subject: str, word: str, on: Topic) -> Hit:
    """A refusal's label that says that the person is listed, without saying where."""
    return Hit(name, f"{subject}:{word}"[:KEY_LIMIT], digest([word]), word, (on,), None, {"label": word})
