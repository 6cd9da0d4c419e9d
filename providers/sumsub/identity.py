"""The IDENTITY process: number, names, dates and images of the document that proved the identity."""

from __future__ import annotations

from app.domain.normal import country
from app.domain.process.outcome import Document, DocumentType, Gender, Identity, Outcome, Person
from app.domain.provider import Snapshot
from providers.sumsub import address, document, media, name
from providers.sumsub.extraction import Extraction
from providers.tree import Tree

GENDERS = {"M": Gender.MALE, "MALE": Gender.MALE, "F": Gender.FEMALE, "FEMALE": Gender.FEMALE}


def extract(snapshot: Snapshot) -> Outcome:
    extraction = Extraction(snapshot)
    proof = document.identity(extraction)
    if proof is None:
        raise extraction.not_available(
            "identity document",
            "Most likely the share token refers to an applicant without an identity verification; ask for another one.",
        )
    identity = Identity(_document(extraction, proof), _person(extraction, proof), extraction.verified_at())
    extraction.refuse_invalid("The identity")
    return Outcome(identity, media.of_identity(extraction, proof), tuple(extraction.warnings), tuple(extraction.sources))


def _document(extraction: Extraction, proof: Tree) -> Document:
    kind, number, origin = proof.at("idDocType"), proof.at("number"), proof.at("country")
    extraction.note("document.type", kind)
    extraction.note("document.number", number)
    if not number.text:
        extraction.invalid.append("document.number")
    if (number.text or "").startswith("Mock-"):
        extraction.warn("sandbox_data", "These are Sumsub's invented sandbox data, not a real person's.")
    code = extraction.country("document.country", origin)
    if not origin.text:
        extraction.invalid.append("document.country")
    elif code is None:
        known = (origin.text or "").upper() in country.NO_COUNTRY
        what = "of no country (an international body, refugee or stateless holder)" if known else "of an unknown country"
        extraction.warn("country_unresolved", f"The document is {what}: {origin.text}.")
    expires_at = extraction.day("document.expiresAt", proof.at("validUntil"))
    if proof.at("termless").value is True:
        expires_at = None
    if expires_at is None:
        extraction.warn("no_expiry_date", "The document has no expiry date, or none was read.")
    elif expires_at < extraction.today:
        extraction.warn("document_expired", "The document has expired. The level at Sumsub allowed it.")
    return Document(
        type=document.TYPES.get(kind.text or "", DocumentType.UNSUPPORTED),
        number=number.text,
        country=code,
        issued_at=extraction.day("document.issuedAt", proof.at("issuedDate")),
        expires_at=expires_at,
        vendor_type=kind.text,
    )


def _person(extraction: Extraction, proof: Tree) -> Person:
    """Returns the person with names from one block: the document or else the recognised profile, never declared data."""
    names = name.read(proof)
    if not names.full:
        names = name.read(extraction.recognised)
    if not names.full:
        extraction.invalid.append("person.givenName")
    given, family = (names.given, names.family) if names.given else (names.family, None)
    extraction.note("person.name", *names.places)
    recognised = extraction.recognised
    gender = next((place for place in (proof.at("gender"), recognised.at("gender")) if place.text), proof.at("gender"))
    extraction.note("person.gender", gender)
    return Person(
        given_name=given,
        family_name=family,
        birthdate=extraction.birthdate("person.birthdate", proof.at("dob"), recognised.at("dob")),
        gender=GENDERS.get((gender.text or "").upper()),
        address=address.read(extraction, proof.at("address"), prefix="person.address."),
    )
