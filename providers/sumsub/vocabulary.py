"""Sumsub's words as data, with explanations. Unknown words are kept as received and reported as drift.

Source: Sumsub API reference, "Getting verification results", "Clarifying the reason of rejection", "Supported document types",
"Adding an ID document", "Webhook types"; newer words come from docs.sumsub.com.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).with_name("vocabulary.json")


@cache
def _data() -> dict[str, Any]:
    return orjson.loads(FILE.read_bytes())  # type: ignore[no-any-return]


@cache
def words(of: str) -> frozenset[str]:
    """Returns all known words of one kind, for example `reviewStatuses` or `documentTypes`."""
    return frozenset(_data()[of])


@cache
def buttons() -> dict[str, str]:
    """Returns the meaning of every button id (`badPhoto`, `badPhoto_imageEditor`, …)."""
    known: dict[str, str] = {}
    for group, (meaning, members) in _data()["buttonGroups"].items():
        known[group] = meaning
        known |= {f"{group}_{name}": text for name, text in members.items()}
    return known


def default_reject_type(label: str) -> str | None:
    """Returns `FINAL` or `RETRY` from Sumsub's table, or None for an unknown label."""
    known = _data()["rejectLabels"].get(label)
    return str(known[0]) if known else None


def explain_label(label: str) -> str | None:
    known = _data()["rejectLabels"].get(label)
    return str(known[1]) if known else None


def explain_button(button: str) -> str | None:
    return buttons().get(button)


def document_remark(code: str) -> str | None:
    """Returns the meaning of an error or warning of an added document, or None for an unknown code."""
    return _data()["documentRemarks"].get(code)  # type: ignore[no-any-return]
