"""Veriff's vocabulary as data, with explanations. Unknown words are kept unchanged and reported as drift.

Source: devdocs.veriff.com, "Verification session decision codes", "Granular reason codes", media contexts, proof of address.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).with_name("vocabulary.json")
# Reason codes that ask for a resubmission. The customer may see their meaning.
RESUBMISSION = range(200, 300)


@cache
def _data() -> dict[str, Any]:
    return orjson.loads(FILE.read_bytes())  # type: ignore[no-any-return]


@cache
def words(of: str) -> frozenset[str]:
    """Returns all known words of one kind, e.g. `statuses` or `contexts`."""
    return frozenset(_data()[of])


def explain_reason(code: str) -> str | None:
    return _data()["reasons"].get(code)  # type: ignore[no-any-return]


def proof_kind(document_type: str | None) -> str | None:
    """Returns our word for a kind of proof of address, `other` for an unknown one, or None if none is given."""
    return _data()["proofKinds"].get(document_type, "other") if document_type else None
