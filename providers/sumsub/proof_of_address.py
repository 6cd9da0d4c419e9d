"""The PROOF_OF_ADDRESS process: name and address from the bill or statement that passed the residence step."""

from __future__ import annotations

from app.domain.normal.name import same_person
from app.domain.process.outcome import Address, Outcome, Person, ProofOfAddress
from app.domain.provider import Snapshot
from providers.sumsub import address, document, media, name
from providers.sumsub.extraction import Extraction
from providers.tree import Tree

HINT = "Most likely the applicant's level has no proof-of-address step; ask for an applicant that passed one."


def extract(snapshot: Snapshot) -> Outcome:
    extraction = Extraction(snapshot)
    proof = document.residence(extraction)
    passed = bool(document.green_steps(extraction, document.RESIDENCE_STEPS))
    if (proof is None and not passed) or document.refused(extraction, document.RESIDENCE_STEPS):
        raise extraction.not_available("proof of address", HINT)
    found = proof if proof is not None else Tree(None)
    names = name.read(found)
    if not names.full:
        names = name.read(extraction.recognised)
        extraction.warn("name_inferred", "The proof of address shows no name; the profile's name is given.")
    elif not same_person(names.full, name.read(extraction.recognised).full):
        extraction.warn("name_mismatch", "The name on the proof of address differs from the recognised profile's.")
    extraction.note("person.name", *names.places)
    # One field may hold the full name. It is kept whole and never split.
    given, family = (names.given, names.family) if names.given else (names.family, None)
    if not given:
        extraction.invalid.append("person.givenName")
    person = Person(given_name=given, family_name=family, address=_address(extraction, found, passed=passed))
    if person.address is None:
        extraction.invalid.append("person.address.country")
    issued_at = extraction.day("issuedAt", found.at("issuedDate"))
    kind = document.KINDS.get(found.at("idDocType").text or "", "other")
    extraction.refuse_invalid("The proof of address")
    data = ProofOfAddress(person, extraction.verified_at(), kind, issued_at)
    return Outcome(data, media.of_residence(extraction), tuple(extraction.warnings), tuple(extraction.sources))


def _address(extraction: Extraction, proof: Tree, *, passed: bool) -> Address | None:
    """Returns the document's own address. Falls back to the recognised profile's address if the step was passed."""
    places = [proof.at("address")]
    if passed:
        places.append(extraction.recognised.at("addresses").first())
    for place in places:
        found = address.read(extraction, place, prefix="person.address.", fallback=proof.at("country"))
        if found:
            return found
    return None
