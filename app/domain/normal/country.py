"""Countries and subdivisions: whatever a vendor writes becomes ISO 3166-1 alpha-2 and ISO 3166-2, or nothing."""

from __future__ import annotations

from functools import cache

import pycountry

from app.domain.normal.name import fold

# Codes of machine-readable zones and superseded ISO codes that mean a country of today (ICAO 9303 part 3, section 5).
ALIASES = {
    "UK": "GB", "D": "DE", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB",
    "RKS": "XK", "XKX": "XK", "XKK": "XK", "XK": "XK", "ROM": "RO", "ZAR": "CD", "TMP": "TL", "BUR": "MM",
}  # fmt: skip
# Holders without a country: United Nations, international bodies, stateless persons, refugees, specimens.
NO_COUNTRY = frozenset({
    "UNO", "UNA", "UNK", "XBA", "XIM", "XCC", "XCE", "XCO", "XEC", "XMP", "XOM", "XPO", "XDC",
    "XXA", "XXB", "XXC", "XXX", "EUE", "UTO",
})  # fmt: skip


@cache
def _codes() -> dict[str, str]:
    table = dict(ALIASES)
    for country in pycountry.countries:
        table[country.alpha_2] = country.alpha_2
        table[country.alpha_3] = country.alpha_2
    return table


def alpha2(code: object) -> str | None:
    """Returns ISO 3166-1 alpha-2 for an alpha-2, alpha-3 or passport code in any case; None where there is no country in it."""
    if not isinstance(code, str):
        return None
    upper = code.strip().upper()
    return None if upper in NO_COUNTRY else _codes().get(upper)


def alpha3(code: str) -> str | None:
    """Returns ISO 3166-1 alpha-3 of an alpha-2 code, for vendors that write it so."""
    found = pycountry.countries.get(alpha_2=code)
    return found.alpha_3 if found else None


@cache
def _names() -> dict[str, str]:
    """Returns every name that the standard lists, folded."""
    keys = ("name", "official_name", "common_name")
    return {
        fold(getattr(country, key)): country.alpha_2 for country in pycountry.countries for key in keys if hasattr(country, key)
    }


def by_name(text: str) -> str | None:
    """Returns ISO 3166-1 alpha-2 of a country's English name; None for everything else."""
    return _names().get(fold(text))


@cache
def _subdivisions(country: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in pycountry.subdivisions.get(country_code=country) or ():  # type: ignore[no-untyped-call]
        found[fold(entry.code)] = entry.code
        found.setdefault(fold(entry.code.split("-", 1)[1]), entry.code)
        # "Lugo [Lugo]" and "Galicia, Comunidad autónoma" are listed under one name with remarks.
        for name in entry.name.replace("[", ";").replace("]", "").replace("/", ";").split(";"):
            found.setdefault(fold(name), entry.code)
    return found


def subdivision(country: str, text: object) -> str | None:
    """Returns the ISO 3166-2 code of a subdivision's name or code inside `country` (alpha-2), e.g. `US`, `California` → `US-CA`."""
    if not isinstance(text, str) or not text.strip():
        return None
    return _subdivisions(country).get(fold(text))


def subdivision_code(country: str, code: str) -> str | None:
    """Returns the part of an ISO 3166-2 code behind the country, e.g. `US`, `us-ca` → `CA`; None for names and unknown codes."""
    upper = code.strip().upper().removeprefix(f"{country}-")
    return upper if pycountry.subdivisions.get(code=f"{country}-{upper}") else None  # type: ignore[no-untyped-call]
