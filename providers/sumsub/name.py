"""Names in Sumsub payloads: native and Latin forms, and single names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.normal import name as rule
from providers.tree import Tree

KEYS = ("firstName", "middleName", "lastName")
_MRZ_NAMES = re.compile(r"^[A-Z0-9<]{5}([A-Z<]+)$")


@dataclass(frozen=True)
class Name:
    """A name from one block. `native` is as received; `given` and `family` are in Latin script if the vendor provides it."""

    given: str | None
    family: str | None
    native: str | None
    places: tuple[Tree, ...]

    @property
    def full(self) -> str | None:
        return rule.join(self.given, self.family)

    @property
    def native_where_other(self) -> str | None:
        return self.native if self.native != self.full else None


def read(block: Tree) -> Name:
    first, middle, last = (block.latin(key) for key in KEYS)
    places = tuple(source for text, source in (first, middle, last) if text)
    native = rule.join(*(block.at(key).value for key in KEYS))
    return Name(rule.join(first[0], middle[0]), last[0], native, places)


def is_single(document: Tree) -> bool:
    """Returns True if the document shows a single name: given or family name alone, and no secondary identifier in the MRZ."""
    name = read(document)
    if bool(name.given) == bool(name.family):
        return False
    for line in (document.at("mrzLine1").text, document.at("mrzLine3").text):
        found = _MRZ_NAMES.match(line or "") if line and line.startswith("P") else None
        if found and "<<" in found.group(1).strip("<"):
            return False
    return True
