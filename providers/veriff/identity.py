"""The IDENTITY process: the document in the session's decision, its holder and its pictures."""

from __future__ import annotations

from app.domain.normal import country
from app.domain.process.outcome import Document, DocumentType, Gender, Identity, Outcome, Person
from providers.veriff import address, media, personal_profile
from providers.veriff.decision import Extraction

# An unknown type becomes UNSUPPORTED; `vendor_type` keeps Veriff's word.
TYPES: dict[str, DocumentType] = {
    "PASSPORT": DocumentType.PASSPORT,
    "ID_CARD": DocumentType.ID_CARD,
    "RESIDENCE_PERMIT": DocumentType.RESIDENCE_PERMIT,
    "DRIVERS_LICENSE": DocumentType.DRIVING_LICENSE,
}
GENDERS = {"M": Gender.MALE, "MALE": Gender.MALE, "F": Gender.FEMALE, "FEMALE": Gender.FEMALE}


def extract(extraction: Extraction) -> Outcome:
    if not extraction.document.at("type").text and not extraction.document.at("number").text:
        raise extraction.not_available("identity document", "Name a session of an integration that verifies identities.")
    identity = Identity(_document(extraction), _person(extraction), extraction.verified_at())
    if identity.verified_at is None:
        extraction.invalid.append("verifiedAt")
    extraction.refuse_invalid("The identity")
    return Outcome(identity, media.of_identity(extraction), tuple(extraction.warnings), tuple(extraction.sources))


def _document(extraction: Extraction) -> Document:
    document = extraction.document
    kind, number, origin = document.at("type"), document.at("number"), document.at("country")
    extraction.note("document.type", kind)
    extraction.note("document.number", number)
    if not number.text:
        extraction.invalid.append("document.number")
    code = extraction.country("document.country", origin)
    if not origin.text:
        extraction.invalid.append("document.country")
    elif code is None:
        known = origin.text.upper() in country.NO_COUNTRY
        what = "of no country (an international body, refugee or stateless holder)" if known else "of an unknown country"
        extraction.warn("country_unresolved", f"The document is {what}: {origin.text}.")
    expires_at = extraction.day("document.expiresAt", document.at("validUntil"))
    if expires_at is None:
        extraction.warn("no_expiry_date", "The document has no expiry date, or none was read.")
    elif expires_at < extraction.today:
        extraction.warn("document_expired", "The document has expired.")
    return Document(
        type=TYPES.get(kind.text or "", DocumentType.UNSUPPORTED),
        number=number.text,
        country=code,
        issued_at=extraction.day("document.issuedAt", document.at("validFrom")),
        expires_at=expires_at,
        vendor_type=kind.text,
    )


def _person(extraction: Extraction) -> Person:
    """Returns the document's holder. Ignores `estimatedGender`, because it is a guess from a picture."""
    person = extraction.person
    first, last, whole, gender = (person.at(key) for key in ("firstName", "lastName", "fullName", "gender"))
    given, family = (first.text, last.text) if first.text else (last.text or whole.text, None)
    if not given:
        extraction.invalid.append("person.givenName")
    extraction.note("person.name", *(place for place in (first, last) if place.text))
    extraction.note("person.gender", gender)
    place = person.at("addresses").first()
    return Person(
        given_name=given,
        family_name=family,
        birthdate=personal_profile.birthdate(extraction, "person.birthdate"),
        gender=GENDERS.get((gender.text or "").upper()),
        address=address.read(extraction, place, prefix="person.address.") if place else None,
    )
