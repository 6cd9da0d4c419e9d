"""Evaluates each KYC process against extracted data, declared data and possible duplicates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.customer import KycStatus
from app.domain.kyc import GOVERNMENT, KycData, KycDocumentType
from app.domain.kyc.rule import ADULT
from app.domain.normal import date
from app.domain.normal.name import fold, same_person
from app.domain.process import KycProcess, ResultStatus
from app.domain.process.outcome import DocumentType


class OverviewStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    OK = "OK"
    FAILED = "FAILED"
    EXEMPT = "EXEMPT"


class FingerprintKind(StrEnum):
    """Identity fingerprints, by which duplicates are found within a tenant."""

    DOCUMENT = "document"
    PERSON = "person"


@dataclass(frozen=True)
class Reason:
    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, repr=False)
class Result:
    """The newest result of one process; `data` in the clear as it is stored, `error` where it failed."""

    status: ResultStatus
    data: Mapping[str, Any]
    error: Mapping[str, Any] | None
    updated_at: dt.datetime


@dataclass(frozen=True, repr=False)
class Facts:
    """The known facts of one customer. `duplicates`: the kinds of fingerprint shared with other customers of the tenant."""

    kyc: KycStatus
    declared: KycData
    today: dt.date
    results: Mapping[KycProcess, Result] = field(default_factory=dict)
    duplicates: Collection[FingerprintKind] = ()


@dataclass(frozen=True)
class Line:
    process: KycProcess
    status: OverviewStatus
    reasons: tuple[Reason, ...] = ()
    updated_at: dt.datetime | None = None


REJECTED = Reason("provider_rejection", "The vendor refused the verification.")


def overview(facts: Facts) -> list[Line]:
    """Returns one line per process, in the order of the processes."""
    return [_line(facts, process) for process in KycProcess]


def _line(facts: Facts, process: KycProcess) -> Line:
    result = facts.results.get(process)
    at = result.updated_at if result else None
    if facts.kyc is KycStatus.NOT_REQUIRED:
        return Line(process, OverviewStatus.EXEMPT, (), at)
    if facts.kyc is KycStatus.FAILED:
        return Line(process, OverviewStatus.FAILED, (REJECTED,), at)
    if result is None:
        running = facts.kyc is KycStatus.IN_PROGRESS
        return Line(process, OverviewStatus.RUNNING if running else OverviewStatus.PENDING)
    if result.status is ResultStatus.PROCESSING:
        return Line(process, OverviewStatus.RUNNING, (), at)
    if result.status is ResultStatus.FAILED:
        error = result.error or {}
        reason = Reason(error.get("code", "unknown_error"), error.get("message", "The data could not be had."))
        return Line(process, OverviewStatus.FAILED, (reason,), at)
    reasons = tuple(dict.fromkeys(RULES[process](facts, result.data)))
    return Line(process, OverviewStatus.FAILED if reasons else OverviewStatus.OK, reasons, at)


def _profile(facts: Facts, data: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _missing(data, "full_name", "birthdate")
    yield from _age(facts, data.get("birthdate"), "birthdate")
    yield from _same_name(facts, data.get("full_name"), "fullName")
    yield from _same_birthdate(facts, data.get("birthdate"), "birthdate")
    yield from _duplicate(facts, FingerprintKind.PERSON)


def _address(facts: Facts, data: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _missing(data, "country", "line1", "city")
    yield from _same_country(facts, data.get("country"), "country")


def _identity(facts: Facts, data: Mapping[str, Any]) -> Iterator[Reason]:
    document, person = data.get("document", {}), data.get("person", {})
    yield from _missing(document, "number", "country", place="document.")
    yield from _missing(person, "given_name", "birthdate", place="person.")
    yield from _age(facts, person.get("birthdate"), "person.birthdate")
    expires = date.day(document.get("expires_at"))
    if expires is not None and expires < facts.today:
        yield Reason("document_expired", f"The document expired on {expires}.", "document.expiresAt")
    name = " ".join(filter(None, (person.get("given_name"), person.get("family_name"))))
    yield from _same_name(facts, name, "person.givenName")
    yield from _same_birthdate(facts, person.get("birthdate"), "person.birthdate")
    yield from _same_number(facts, document)
    yield from _duplicate(facts, FingerprintKind.DOCUMENT)
    yield from _duplicate(facts, FingerprintKind.PERSON)


def _proof(facts: Facts, data: Mapping[str, Any]) -> Iterator[Reason]:
    person = data.get("person", {})
    address = person.get("address") or {}
    yield from _missing(person, "given_name", place="person.")
    yield from _missing(address, "country", place="person.address.")
    name = " ".join(filter(None, (person.get("given_name"), person.get("family_name"))))
    yield from _same_name(facts, name, "person.givenName")
    yield from _same_country(facts, address.get("country"), "person.address.country")


RULES = {
    KycProcess.PROFILE: _profile,
    KycProcess.ADDRESS: _address,
    KycProcess.IDENTITY: _identity,
    KycProcess.PROOF_OF_ADDRESS: _proof,
}
NAMES = {"full_name": "fullName", "given_name": "givenName"}


def _missing(data: Mapping[str, Any], *names: str, place: str = "") -> Iterator[Reason]:
    for name in names:
        if not data.get(name):
            shown = place + NAMES.get(name, name)
            yield Reason("missing_field", f"The vendor gave no {shown}.", shown)


def _age(facts: Facts, text: Any, place: str) -> Iterator[Reason]:
    born = date.day(text)
    if born is not None and date.age(born, facts.today) < ADULT:
        yield Reason("underage", f"The person is younger than {ADULT}.", place)


def _same_name(facts: Facts, name: str | None, place: str) -> Iterator[Reason]:
    data = facts.declared
    stated = " ".join(filter(None, (data.legal_first_name, data.legal_middle_name, data.legal_last_name)))
    if data.legal_first_name and not same_person(stated, name):
        yield Reason("data_mismatch", "The name is not the one that was declared.", place)


def _same_birthdate(facts: Facts, text: Any, place: str) -> Iterator[Reason]:
    born, stated = date.day(text), facts.declared.date_of_birth
    if born is not None and stated is not None and born != stated:
        yield Reason("data_mismatch", "The date of birth is not the one that was declared.", place)


def _same_country(facts: Facts, country: str | None, place: str) -> Iterator[Reason]:
    stated = facts.declared.address.country
    if country and stated and country != stated:
        yield Reason("data_mismatch", "The country is not the one that was declared.", place)


D, K = DocumentType, KycDocumentType
SAME_TYPE: dict[KycDocumentType, DocumentType] = {
    K.PASSPORT: D.PASSPORT,
    K.DRIVERS_LICENSE: D.DRIVING_LICENSE,
    K.NATIONAL_ID_CARD: D.ID_CARD,
    K.STATE_ID_CARD: D.ID_CARD,
    K.RESIDENCE_PERMIT: D.RESIDENCE_PERMIT,
}


def _same_number(facts: Facts, document: Mapping[str, Any]) -> Iterator[Reason]:
    """Compares the number with the declared document of the same type; other types are not compared."""
    number, kind = document.get("number"), document.get("type")
    stated = [found for found in facts.declared.documents if found.type in GOVERNMENT and SAME_TYPE[found.type] == kind]
    for found in stated:
        if number and found.number and normal_number(found.number) != normal_number(number):
            yield Reason("data_mismatch", "The document's number is not the one that was declared.", "document.number")


WORDS = {
    FingerprintKind.DOCUMENT: ("Another customer of the firm has the same document.", "document.number"),
    FingerprintKind.PERSON: ("Another customer of the firm has the same name and date of birth.", None),
}


def _duplicate(facts: Facts, kind: FingerprintKind) -> Iterator[Reason]:
    if kind in facts.duplicates:
        yield Reason("duplicate", *WORDS[kind])


def normal_number(number: str) -> str:
    """Returns a document's number as it is compared: letters and digits alone."""
    return "".join(char for char in number.upper() if char.isalnum())


def document_fingerprint(country: str | None, number: str | None) -> str | None:
    """Returns the digest input of a document. It omits the type, which providers report differently."""
    return f"{country}|{normal_number(number)}" if country and number and normal_number(number) else None


def person_fingerprint(name: str | None, born: str | None) -> str | None:
    """Returns the digest input of a person: all words of the name in any order, and the date of birth."""
    words = sorted(set(fold(name).split())) if name else []
    return f"{' '.join(words)}|{born}" if words and born else None
