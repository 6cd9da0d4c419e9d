"""Drift: values from a provider that no table here knows. Each is stored unchanged and reported once. It decides nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

WORD_LIMIT = 100
# The most unknown values recorded from one payload, so that a hostile or broken response cannot fill the table.
MOST = 30


class DriftKind(StrEnum):
    STATUS = "STATUS"
    ANSWER = "ANSWER"
    LABEL = "LABEL"
    REJECT_TYPE = "REJECT_TYPE"
    BUTTON = "BUTTON"
    DOCUMENT_TYPE = "DOCUMENT_TYPE"
    STEP = "STEP"
    REASON_CODE = "REASON_CODE"
    MEDIA_CONTEXT = "MEDIA_CONTEXT"
    EVENT_TYPE = "EVENT_TYPE"
    FIELD = "FIELD"


@dataclass(frozen=True)
class Unknown:
    """One unknown word: what kind of word, where in the payload it stood (a path without indices), and the word itself."""

    kind: DriftKind
    place: str
    word: str


def unknown(kind: DriftKind, place: str, word: object, known: Iterable[str] | Mapping[str, object]) -> tuple[Unknown, ...]:
    """Returns the word as drift if it is an unknown text."""
    if not isinstance(word, str) or not word or word in known:
        return ()
    return (Unknown(kind, place, clean(word)),)


def clean(word: str) -> str:
    """Returns a provider's word in a form that may be stored and shown: printable and short."""
    return "".join(char if unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for char in word)[:WORD_LIMIT]
