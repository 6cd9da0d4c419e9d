"""Sumsub document types, and selection of the document that satisfied a step."""

from __future__ import annotations

import datetime as dt

from app.domain.normal import country, date
from app.domain.process.outcome import DocumentType
from providers.sumsub.extraction import Extraction
from providers.tree import Tree

# docs.sumsub.com/reference/document-types. An unknown type becomes UNSUPPORTED; the vendor's word is kept beside it.
TYPES: dict[str, DocumentType] = {
    "PASSPORT": DocumentType.PASSPORT,
    "TRAVEL_PASSPORT": DocumentType.PASSPORT,
    "ID_CARD": DocumentType.ID_CARD,
    "RESIDENCE_PERMIT": DocumentType.RESIDENCE_PERMIT,
    "DRIVERS": DocumentType.DRIVING_LICENSE,
}
PREFERENCE = ("PASSPORT", "TRAVEL_PASSPORT", "ID_CARD", "RESIDENCE_PERMIT", "DRIVERS")
IDENTITY_STEPS = ("IDENTITY", "IDENTITY2", "IDENTITY3", "IDENTITY4")
RESIDENCE_STEPS = ("PROOF_OF_RESIDENCE", "PROOF_OF_RESIDENCE2")
RESIDENCE_TYPES = ("UTILITY_BILL", "UTILITY_BILL2", "BANK_STATEMENT")
KINDS = {"BANK_STATEMENT": "bank-statement"}


def identity(extraction: Extraction) -> Tree | None:
    """Returns the document that proved the identity: the one named by a passed step, or else the preferred type,
    unexpired first."""
    for step in green_steps(extraction, IDENTITY_STEPS):
        found = _of_step(extraction, step)
        if found:
            return found
    candidates = [doc for doc in extraction.documents if doc.at("idDocType").text in PREFERENCE]
    return min(candidates, key=lambda doc: _rank(doc, extraction.today), default=None)


def residence(extraction: Extraction) -> Tree | None:
    """Returns the proof of address named by a passed step, or else the newest one."""
    for step in green_steps(extraction, RESIDENCE_STEPS):
        found = _of_step(extraction, step)
        if found:
            return found
    candidates = [doc for doc in extraction.documents if doc.at("idDocType").text in RESIDENCE_TYPES]
    return _newest(candidates)


def green_steps(extraction: Extraction, names: tuple[str, ...]) -> list[Tree]:
    """Returns the passed steps among `names`, in the same order."""
    steps = [extraction.steps.at(name) for name in names]
    return [step for step in steps if step.at("reviewResult", "reviewAnswer").text == "GREEN"]


def refused(extraction: Extraction, names: tuple[str, ...]) -> bool:
    """Returns True if at least one of these steps was reviewed and none was passed."""
    reviewed = [extraction.steps.at(name) for name in names if extraction.steps.at(name, "reviewResult")]
    return bool(reviewed) and not green_steps(extraction, names)


def same_country(one: Tree, other: Tree) -> bool:
    """Returns True if both codes name the same country or if either is missing."""
    if not one.text or not other.text:
        return True
    return one.text == other.text or country.alpha2(one.value) == country.alpha2(other.value) is not None


def _of_step(extraction: Extraction, step: Tree) -> Tree | None:
    kind = step.at("idDocType").text
    fitting = [
        doc
        for doc in extraction.documents
        if doc.at("idDocType").text == kind and same_country(doc.at("country"), step.at("country"))
    ]
    return _newest(fitting)


def _newest(documents: list[Tree]) -> Tree | None:
    """Returns the document with the latest issue date, or None. Ties go to the last in the list, because Sumsub keeps replaced
    documents in front."""
    if not documents:
        return None
    ranked = enumerate(documents)
    return max(ranked, key=lambda item: (date.day(item[1].at("issuedDate").value) or dt.date.min, item[0]))[1]


def _rank(doc: Tree, today: dt.date) -> tuple[bool, int, int]:
    until = date.day(doc.at("validUntil").value)
    issued = date.day(doc.at("issuedDate").value) or dt.date.min
    return (until is not None and until < today, PREFERENCE.index(doc.at("idDocType").text or ""), -issued.toordinal())
