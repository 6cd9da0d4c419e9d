"""The PROOF_OF_ADDRESS process: the name and address on the document of a proof-of-address session."""

from __future__ import annotations

from app.domain.process.outcome import Outcome, Person, ProofOfAddress
from providers.veriff import address, media, vocabulary
from providers.veriff.decision import Extraction


def extract(extraction: Extraction) -> Outcome:
    kind, place = extraction.proof.at("documentType"), extraction.person.at("addresses").first()
    if not kind.text and not (extraction.proof and place):
        raise extraction.not_available(
            "proof of address",
            "Name a session of a proof-of-address integration that extracts data; the Capture product holds pictures only.",
        )
    found = ProofOfAddress(
        person=_person(extraction),
        verified_at=extraction.verified_at(),
        document_kind=vocabulary.proof_kind(kind.text),
        issued_at=extraction.day("issuedAt", extraction.document.at("validFrom")),
    )
    extraction.note("documentKind", kind)
    if found.verified_at is None:
        extraction.invalid.append("verifiedAt")
    _judge(extraction)
    extraction.refuse_invalid("The proof of address")
    return Outcome(found, media.of_residence(extraction), tuple(extraction.warnings), tuple(extraction.sources))


def _person(extraction: Extraction) -> Person:
    """Returns the person on the document. Never splits a name, because bills often have the full name as first name."""
    person = extraction.person
    first, last, whole = (person.at(key) for key in ("firstName", "lastName", "fullName"))
    given, family = (first.text, last.text) if first.text else (last.text or whole.text, None)
    if not given:
        extraction.invalid.append("person.givenName")
    extraction.note("person.name", *(place for place in (first, last) if place.text))
    found = address.read(
        extraction, person.at("addresses").first(), prefix="person.address.", fallback=extraction.document.at("country")
    )
    if found is None:
        extraction.invalid.append("person.address.country")
    return Person(given_name=given, family_name=family, address=found)


def _judge(extraction: Extraction) -> None:
    """Adds warnings for Veriff's doubts about an approved document."""
    if extraction.proof.at("nameMatch").value is False:
        extraction.warn("name_mismatch", "Veriff finds another name on the proof of address.")
    if extraction.proof.at("fraud", "riskLevel").text == "HIGH_RISK":
        extraction.warn("proof_of_address_high_risk", "Veriff holds the proof of address to be of high risk: have it reviewed.")
