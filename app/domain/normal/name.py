"""Names and free text: cleaned, never re-cased, never split."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})
# Texts by which vendors say that there is nothing.
_NOTHING = frozenset({"", "null", "none", "n/a", "-"})


def clean(text: object) -> str | None:
    """Returns NFC without control and bidirectional characters, with blanks collapsed, or None if nothing is left."""
    if not isinstance(text, str):
        return None
    kept = "".join(char for char in unicodedata.normalize("NFC", text) if not invisible(char))
    squeezed = squeeze(kept)
    return None if squeezed.lower() in _NOTHING else squeezed


def invisible(char: str) -> bool:
    """Returns whether a character has no place in a text: control, bidirectional, private, unassigned. Blanks of any kind have."""
    return not char.isspace() and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn")


def squeeze(text: str) -> str:
    """Collapses blanks, strips the ends and straightens apostrophes."""
    return _BLANKS.sub(" ", text.translate(_APOSTROPHES)).strip()


def join(*parts: object) -> str | None:
    """Returns the cleaned parts with a blank between them, or None if all are missing."""
    kept = [part for part in map(clean, parts) if part]
    return " ".join(kept) if kept else None


def fold(text: str) -> str:
    """Returns a form for comparing: without accents, case and punctuation."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _BLANKS.sub(" ", re.sub(r"[^\w]+", " ", plain.casefold())).strip()


def tokens(text: str | None) -> frozenset[str]:
    """Returns the set of words of a name, folded: two spellings of one name give the same set."""
    return frozenset(fold(text).split()) if text else frozenset()


def same_person(one: str | None, other: str | None) -> bool:
    """Returns whether two names can be one person's: one's words all occur in the other's. An absent name contradicts nothing."""
    first, second = tokens(one), tokens(other)
    return not first or not second or first <= second or second <= first


def is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") for char in text if char.isalpha())
