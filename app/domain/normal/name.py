"""Names and free text: cleaned, never re-cased, never split."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})
# Texts by which vendors say that there is nothing.
_NOTHING = frozenset({"", "null", "none", "n/a", "-"})


def clean(text: object) -> str | None:
    """NFC, without control and bidirectional characters, blanks collapsed, apostrophes straight; None where nothing is left."""
    if not isinstance(text, str):
        return None
    kept = "".join(char for char in unicodedata.normalize("NFC", text) if not invisible(char))
    squeezed = squeeze(kept)
    return None if squeezed.lower() in _NOTHING else squeezed


def invisible(char: str) -> bool:
    """Whether a character has no place in a text: control, bidirectional, private, unassigned. Blanks of any kind have."""
    return not char.isspace() and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")


def squeeze(text: str) -> str:
    """Every run of blanks one blank, none at the ends, apostrophes straight."""
    return _BLANKS.sub(" ", text.translate(_APOSTROPHES)).strip()


def join(*parts: object) -> str | None:
    """The cleaned parts with a blank between them; None where all are missing."""
    kept = [part for part in map(clean, parts) if part]
    return " ".join(kept) if kept else None


def fold(text: str) -> str:
    """A form for comparing: without accents, case and punctuation."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _BLANKS.sub(" ", re.sub(r"[^\w]+", " ", plain.casefold())).strip()


def tokens(text: str | None) -> frozenset[str]:
    """The set of words of a name, folded: two spellings of one name give the same set."""
    return frozenset(fold(text).split()) if text else frozenset()


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two names can be one person's: one's words all occur in the other's. An absent name contradicts nothing."""
    first, second = tokens(one), tokens(other)
    return not first or not second or first <= second or second <= first


def is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") for char in text if char.isalpha())
