"""The PROFILE process: the applicant's personal data as declared, or else as recognised."""

from __future__ import annotations

from app.domain.normal.name import same_person
from app.domain.process.outcome import Birthplace, Outcome, Profile
from app.domain.provider import Snapshot
from providers.sumsub import document, name
from providers.sumsub.extraction import Extraction
from providers.sumsub.name import Name
from providers.tree import Tree


def extract(snapshot: Snapshot) -> Outcome:
    extraction = Extraction(snapshot)
    blocks = (extraction.declared, extraction.recognised)
    chosen = _name(extraction, blocks)
    profile = Profile(
        full_name=chosen.full or "",
        full_name_native=chosen.native_where_other,
        birthdate=extraction.birthdate("birthdate", *(block.at("dob") for block in blocks)),
        birthplace=_birthplace(extraction, blocks),
        primary_citizenship=extraction.country("primaryCitizenship", *(block.at("nationality") for block in blocks)),
    )
    _compare_with_document(extraction, chosen)
    extraction.refuse_invalid("The profile")
    return Outcome(profile, warnings=tuple(extraction.warnings), sources=tuple(extraction.sources))


def _name(extraction: Extraction, blocks: tuple[Tree, ...]) -> Name:
    """Returns the first complete name. A lone given name is valid only if the identity document shows a single name."""
    names = [found for found in map(name.read, blocks) if found.full]
    if not names:
        raise extraction.not_available(
            "profile data",
            "Most likely the share token refers to an applicant without an identity step; ask for another one.",
        )
    whole = next((found for found in names if found.given and found.family), None)
    proof = document.identity(extraction)
    if whole is None and not (names[0].given is None or (proof and name.is_single(proof))):
        extraction.invalid.append("fullName")
    chosen = whole or names[0]
    latin = next((found for found in names if found.native_where_other), None)
    if whole and latin and chosen.native == latin.native:
        # The declared block has no Latin forms of its own; the recognised block has.
        chosen = latin
    extraction.note("fullName", *chosen.places)
    return chosen


def _birthplace(extraction: Extraction, blocks: tuple[Tree, ...]) -> Birthplace | None:
    """Returns town and country from one block. Omits an incomplete birthplace and adds a warning."""
    partial = False
    for block in blocks:
        country = extraction.country("birthplace.country", block.at("countryOfBirth"))
        place = block.at("placeOfBirth") if block.at("placeOfBirth").text else block.at("stateOfBirth")
        if country and place.text:
            extraction.note("birthplace.town", place)
            return Birthplace(place.text, country)
        partial = partial or bool(country or place.text)
    if partial:
        extraction.sources = [source for source in extraction.sources if source.field != "birthplace.country"]
        extraction.warn("birthplace_incomplete", "Only town or country of birth is known; the birthplace is left out.")
    return None


def _compare_with_document(extraction: Extraction, chosen: Name) -> None:
    proof = document.identity(extraction)
    if proof and not same_person(chosen.full, name.read(proof).full):
        extraction.warn("name_mismatch", "The profile's name differs from the name in the identity document.")
    if (chosen.family or "").startswith("Mock-") or (proof and (proof.at("number").text or "").startswith("Mock-")):
        extraction.warn("sandbox_data", "These are Sumsub's invented sandbox data, not a real person's.")
