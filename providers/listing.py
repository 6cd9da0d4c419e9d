"""Hits from the list entries that vendors return: one shape for all vendors and for incomplete entries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from app.domain.screening import Hit, Topic
from providers.tree import Tree

KEY_LIMIT = 200


def topics(words: Iterable[str | None], table: Mapping[str, Topic]) -> tuple[str, ...]:
    """Returns the topics of a vendor's words, each once. Maps an unknown word to OTHER."""
    return tuple(dict.fromkeys(table.get(word, Topic.OTHER) for word in words if word))


def digest(content: Any) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def hit(name: str, tree: Tree, *, key: str | None, known_as: str, on: tuple[str, ...], score: float | None = None) -> Hit:
    """Returns a hit of the vendor's list `name`. Uses a digest of the content as the key if `key` is missing."""
    said = digest(tree.value)
    return Hit(name, (key or said)[:KEY_LIMIT], said, known_as, on, score, {"record": tree.value})


def label(name: str, subject: str, word: str, on: Topic) -> Hit:
    """Returns a hit for a rejection label that says that the applicant is listed, but not on which list."""
    return Hit(name, f"{subject}:{word}"[:KEY_LIMIT], digest([word]), word, (on,), None, {"label": word})
