"""Sumsub addresses and the ADDRESS process."""

from __future__ import annotations

from app.domain.normal import address as rule
from app.domain.normal import country
from app.domain.normal.name import is_latin
from app.domain.process.outcome import Address, Outcome
from app.domain.provider import Snapshot
from providers.sumsub import document
from providers.sumsub.extraction import Extraction
from providers.tree import Tree


def extract(snapshot: Snapshot) -> Outcome:
    """Returns the first address that has a country: declared, recognised, or from the proof of address. The sources name its
    origin."""
    extraction = Extraction(snapshot)
    proof = document.residence(extraction)
    candidates = [
        extraction.declared.at("addresses").first(),
        extraction.recognised.at("addresses").first(),
        *([proof.at("address")] if proof else []),
    ]
    for place in candidates:
        found = read(extraction, place)
        if found:
            extraction.refuse_invalid("The address")
            return Outcome(found, warnings=tuple(extraction.warnings), sources=tuple(extraction.sources))
    raise extraction.not_available(
        "address with a country",
        "Most likely the share token or level does not carry addresses; ask for an applicant with an address step.",
    )


def read(extraction: Extraction, place: Tree, *, prefix: str = "", fallback: Tree | None = None) -> Address | None:
    """Returns the address in normal form, or None if it has no country or its first line is too long to fit. Sources and
    invalid fields are recorded in the extraction under `prefix`.

    `fallback` is a field that provides the country if the address names none.
    """
    if not place:
        return None
    code = country.alpha2(place.at("country").value)
    if code is None and fallback is not None:
        code = country.alpha2(fallback.value)
        if code:
            extraction.note(prefix + "country", fallback)
            extraction.warn("country_inferred", "The address names no country; the document's country is given.")
    elif code:
        extraction.note(prefix + "country", place.at("country"))
    if code is None:
        return None
    line1, city, postal = _first_line(extraction, place, code, prefix)
    line2 = _second_line(extraction, place, line1, prefix)
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
        city=_text(extraction, place, "town", prefix + "city") or city,
        subdivision=_subdivision(extraction, place, code, prefix),
        postal_code=_text(extraction, place, "postCode", prefix + "postalCode") or postal,
        unparsed=place.at("formattedAddress").text,
    )


def _first_line(extraction: Extraction, place: Tree, code: str, prefix: str) -> tuple[str | None, str | None, str | None]:
    """Returns `(line1, city, postal code)`. The last two are set only if a one-line address had to be split."""
    street, source = place.latin("street")
    if street:
        extraction.note(prefix + "line1", source, place.at("buildingNumber"))
        return rule.street_line(street, place.at("buildingNumber").value, code), None, None
    building, source = place.latin("buildingName")
    if building:
        extraction.note(prefix + "line1", source, place.at("buildingNumber"))
        return rule.street_line(building, place.at("buildingNumber").value, code), None, None
    whole, source = place.latin("formattedAddress")
    if not whole:
        return None, None, None
    extraction.note(prefix + "line1", source)
    if place.at("town").text:
        return whole.split(",")[0].strip(), None, None
    line1, city, postal = rule.take_apart(whole, code)
    if city is None:
        extraction.warn("address_unparsed", "The address came as one line and could not be taken apart with certainty.")
    else:
        extraction.note(prefix + "city", source)
        extraction.note(prefix + "postalCode", source)
    return line1, city, postal


def _second_line(extraction: Extraction, place: Tree, line1: str | None, prefix: str) -> str | None:
    parts = []
    for key in ("subStreet", "buildingName", "flatNumber"):
        text, source = place.latin(key)
        if text and not (key == "buildingName" and line1 and text in line1):
            parts.append(text)
            extraction.note(prefix + "line2", source)
    return rule.second_line(*parts)


def _text(extraction: Extraction, place: Tree, key: str, field: str) -> str | None:
    text, source = place.latin(key)
    if text:
        extraction.note(field, source)
    return text


def _subdivision(extraction: Extraction, place: Tree, code: str, prefix: str) -> str | None:
    for source in (place.at("state"), place.at("stateEn")):
        found = country.subdivision(code, source.value)
        if found:
            extraction.note(prefix + "subdivision", source)
            return found
    state = place.at("state").text
    if state:
        kind = "" if is_latin(state) else ", written in another script,"
        extraction.warn("subdivision_unresolved", f"The state{kind} is not a subdivision of the country by ISO 3166-2.")
    return None
