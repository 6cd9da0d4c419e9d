"""The PROFILE process: name, birthdate, birthplace and citizenship of the session's applicant."""

from __future__ import annotations

import datetime as dt

from app.domain.normal import country
from app.domain.normal.name import join
from app.domain.process.outcome import Birthplace, Outcome, Profile
from providers.tree import Tree
from providers.veriff.decision import Extraction


def extract(extraction: Extraction) -> Outcome:
    person = extraction.person
    profile = Profile(
        full_name=_name(extraction, person),
        birthdate=birthdate(extraction, "birthdate"),
        birthplace=_birthplace(extraction, person.at("placeOfBirth")),
        primary_citizenship=extraction.country("primaryCitizenship", person.at("nationality")),
    )
    extraction.refuse_invalid("The profile")
    return Outcome(profile, warnings=tuple(extraction.warnings), sources=tuple(extraction.sources))


def _name(extraction: Extraction, person: Tree) -> str:
    """Returns first and last name joined, or the full name. One name is enough. Raises ProcessFault if there is none."""
    first, last, whole = person.at("firstName"), person.at("lastName"), person.at("fullName")
    found = join(first.value, last.value)
    if found:
        extraction.note("fullName", *(place for place in (first, last) if place.text))
        return found
    if whole.text:
        extraction.note("fullName", whole)
        return whole.text
    raise extraction.not_available("profile data", "Name a session of an integration that verifies identities.")


def birthdate(extraction: Extraction, field: str) -> dt.date | None:
    found = extraction.birthdate(field, extraction.person.at("dateOfBirth"))
    if found is None and extraction.person.at("yearOfBirth").id:
        extraction.warn("birthdate_year_only", "Only the year of birth is known; no day is made up.")
    return found


def _birthplace(extraction: Extraction, place: Tree) -> Birthplace | None:
    """Returns town and country from free text, or None with a warning if no country follows the last comma."""
    if not place.text:
        return None
    town, comma, rest = place.text.rpartition(",")
    code = country.alpha2(rest) or country.by_name(rest) if comma else None
    if code and town.strip():
        extraction.note("birthplace", place)
        return Birthplace(town.strip(), code)
    extraction.warn("birthplace_incomplete", "Only a part of the birthplace is known; it is left out.")
    return None
