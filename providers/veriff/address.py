"""Addresses in Veriff's shape, and the ADDRESS process."""

from __future__ import annotations

from app.domain.normal import address as rule
from app.domain.normal import country
from app.domain.process.outcome import Address, Outcome
from providers.tree import Tree
from providers.veriff.decision import Extraction


def extract(extraction: Extraction) -> Outcome:
    place = extraction.person.at("addresses").first()
    if not place or not (place.at("parsedAddress") or place.at("fullAddress").text):
        raise extraction.not_available(
            "address", "Name a proof-of-address session, or one of an integration that reads addresses from documents."
        )
    found = read(extraction, place, fallback=extraction.document.at("country"))
    if found is None:
        extraction.invalid.append("country")
    extraction.refuse_invalid("The address")
    assert found is not None
    return Outcome(found, warnings=tuple(extraction.warnings), sources=tuple(extraction.sources))


def read(extraction: Extraction, place: Tree, *, prefix: str = "", fallback: Tree | None = None) -> Address | None:
    """Returns an address in the normal form, or None if it has no country or its first line does not fit.

    `fallback` is the country of the same document. Using it adds a warning.
    """
    parsed, whole = place.at("parsedAddress"), place.at("fullAddress")
    code = extraction.country(prefix + "country", parsed.at("country"))
    if code is None and fallback is not None:
        code = extraction.country(prefix + "country", fallback)
        if code:
            extraction.warn("country_inferred", "The address names no country; the document's country is given.")
    if code is None:
        return None
    line1, city, postal = _first_line(extraction, parsed, whole, code, prefix)
    line2 = rule.second_line(parsed.at("unit").value)
    if line2:
        extraction.note(prefix + "line2", parsed.at("unit"))
    if line1 and len(line1) > rule.LINE_LIMIT:
        fitted = rule.fit(line1)
        if fitted is None:
            extraction.invalid.append(prefix + "line1")
            return None
        line1, line2 = fitted[0], rule.second_line(fitted[1], line2)
    if rule.is_po_box(line1):
        extraction.warn("po_box", "The address is a post office box.")
    return Address(
        country=code,
        line1=line1,
        line2=line2,
        city=_text(extraction, parsed.at("city"), prefix + "city") or city,
        subdivision=_subdivision(extraction, parsed.at("state"), code, prefix),
        postal_code=_text(extraction, parsed.at("postcode"), prefix + "postalCode") or postal,
        unparsed=whole.text,
    )


def _first_line(
    extraction: Extraction, parsed: Tree, whole: Tree, code: str, prefix: str
) -> tuple[str | None, str | None, str | None]:
    """Returns `(line1, city, postal code)`. The last two are set only if a one-line address had to be split."""
    street, number = parsed.at("street"), parsed.at("houseNumber")
    if street.text:
        extraction.note(prefix + "line1", street, number)
        return rule.street_line(street.value, number.id, code), None, None
    if not whole.text:
        return None, None, None
    extraction.note(prefix + "line1", whole)
    line1, city, postal = rule.take_apart(whole.text, code)
    if city is None:
        extraction.warn("address_unparsed", "The address came as one line and could not be taken apart with certainty.")
    return line1, city, postal


def _text(extraction: Extraction, place: Tree, field: str) -> str | None:
    text = place.id
    if text:
        extraction.note(field, place)
    return text


def _subdivision(extraction: Extraction, place: Tree, code: str, prefix: str) -> str | None:
    found = country.subdivision(code, place.value)
    if found:
        extraction.note(prefix + "subdivision", place)
    elif place.text:
        extraction.warn("subdivision_unresolved", "The state is not a subdivision of the country by ISO 3166-2.")
    return found
