"""Texts with a form: each function returns the text in its normal form, or None if it does not have that form."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
import pycountry

from app.domain.normal import country as countries
from app.domain.normal.address import POSTAL_CODE
from app.domain.normal.name import invisible, squeeze

NAME_LIMIT, TEXT_LIMIT = 100, 200
E164 = re.compile(r"\+[1-9]\d{6,14}")
LOCALE = re.compile(r"([A-Za-z]{2,3})[-_]([A-Za-z]{2})")
# What no name of a person holds; letters of every script, marks, blanks, hyphens, apostrophes and stops do.
NO_NAME = re.compile(r"[\d<>{}\[\]\\/|@#$%^*=+~\"!?;:_&()]")
POSTAL = r"[0-9A-Z][0-9A-Z -]{1,14}"


def name(text: str) -> str | None:
    found = plain_text(text)
    return found if found and len(found) <= NAME_LIMIT and not NO_NAME.search(found) else None


def plain_text(text: str) -> str | None:
    """Normalises to NFC and squeezes blanks. Returns None for texts with invisible characters."""
    found = squeeze(unicodedata.normalize("NFC", text))
    return found if found and len(found) <= TEXT_LIMIT and not any(map(invisible, found)) else None


def phone(text: str) -> str | None:
    """Returns the E.164 form, with a country calling code that exists and a length that is possible there."""
    if not E164.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    return text if phonenumbers.is_possible_number(number) else None


def country(text: str) -> str | None:
    """Returns ISO 3166-1 alpha-2 in upper case; nothing else, so that one country has one spelling."""
    upper = text.strip().upper()
    return upper if len(upper) == 2 and countries.alpha2(upper) == upper else None


def region(text: str) -> str | None:
    """Returns a language by ISO 639 with a region by ISO 3166, e.g. `en-US`."""
    found = LOCALE.fullmatch(text.strip())
    if not found:
        return None
    language, place = found.group(1).lower(), country(found.group(2))
    known = pycountry.languages.get(**{f"alpha_{len(language)}": language})
    return f"{language}-{place}" if known and place else None


def postal_code(land: str, text: str) -> str | None:
    """Returns the code in upper case, in the country's form if that is known."""
    upper = " ".join(text.upper().split())
    return upper if re.fullmatch(POSTAL_CODE.get(land, POSTAL), upper) else None
