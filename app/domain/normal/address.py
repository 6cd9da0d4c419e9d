"""Addresses: street and number in national order, one-line forms taken apart only as far as is certain."""

from __future__ import annotations

import re

from app.domain.normal.name import clean, fold

LINE_LIMIT = 200
NUMBER_FIRST = frozenset(["US", "CA", "GB", "IE", "AU", "NZ", "FR", "LU", "IN", "SG", "ZA"])
# Postal codes by country, for finding one inside a line. Only where the shape is unmistakable.
POSTAL_CODE = {
    "ES": r"\d{5}", "DE": r"\d{5}", "FR": r"\d{5}", "IT": r"\d{5}", "FI": r"\d{5}", "MX": r"\d{5}",
    "PT": r"\d{4}-\d{3}", "NL": r"\d{4} ?[A-Z]{2}", "PL": r"\d{2}-\d{3}", "AT": r"\d{4}", "CH": r"\d{4}", "BE": r"\d{4}",
    "DK": r"\d{4}", "NO": r"\d{4}", "SE": r"\d{3} ?\d{2}", "CZ": r"\d{3} ?\d{2}", "SK": r"\d{3} ?\d{2}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "US": r"\d{5}(?:-\d{4})?", "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
    "BR": r"\d{5}-\d{3}", "AU": r"\d{4}",
}  # fmt: skip
_PO_BOX = re.compile(r"\b(p\.?\s*o\.?\s*box|postfach|apartado|b\.?p\.?\s*\d)", re.IGNORECASE)


def street_line(street: object, number: object, country: str) -> str | None:
    """Returns street and building number in the order of `country`; a number the street already carries is not repeated."""
    name, digits = clean(street), clean(number)
    if not name or not digits:
        return name
    words = fold(name).split()
    if fold(digits) in (words[:1] + words[-1:]) or fold(name).endswith(" " + fold(digits)):
        return name
    return f"{digits} {name}" if country in NUMBER_FIRST else f"{name} {digits}"


def second_line(*parts: object) -> str | None:
    kept = [part for part in map(clean, parts) if part]
    return ", ".join(kept) if kept else None


def take_apart(line: str, country: str) -> tuple[str, str | None, str | None]:
    """Returns `(line1, city, postal code)` of a one-line address; city and code are None where they are not certain."""
    pattern = POSTAL_CODE.get(country)
    found = list(re.finditer(rf"\b{pattern}\b", line, re.IGNORECASE)) if pattern else []
    if len(found) != 1:
        return line, None, None
    code = found[0]
    after = line[code.end() :].strip(" ,").split(",")[0].strip()
    before = line[: code.start()].strip(" ,")
    if not after or not before:
        return line, None, None
    return before, after, code.group().upper()


def fit(line: str) -> tuple[str, str | None] | None:
    """Returns a line of at most 200 characters, or two broken at a comma, or None if it does not fit."""
    if len(line) <= LINE_LIMIT:
        return line, None
    cut = line.rfind(",", 0, LINE_LIMIT + 1)
    rest = line[cut + 1 :].strip()
    return (line[:cut].strip(), rest) if cut > 0 and len(rest) <= LINE_LIMIT else None


def is_po_box(line: str | None) -> bool:
    return bool(line and _PO_BOX.search(line))
