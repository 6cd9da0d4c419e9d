"""Whether a process is satisfied: every reason by itself, and all of them together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from app.domain.customer import KycStatus
from app.domain.kyc import Address, Document, KycData, KycDocumentType
from app.domain.overview import Facts, FingerprintKind, Line, Result, document_fingerprint, overview, person_fingerprint
from app.domain.process import KycProcess, ResultStatus

AT = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
PROFILE = {"full_name": "Iria Vale Montes", "birthdate": "1991-07-23"}
IDENTITY: dict[str, Any] = {
    "document": {"type": "PASSPORT", "number": "XDA 000-123", "country": "ES", "expires_at": "2031-04-30"},
    "person": {"given_name": "IRIA", "family_name": "VALE MONTES", "birthdate": "1991-07-23"},
}
ADDRESS = {"country": "ES", "line1": "Rúa do Exemplo 12", "city": "Lugo"}
PROOF = {"person": {"given_name": "IRIA VALE MONTES", "address": {"country": "ES"}}}
WHOLE = {
    KycProcess.PROFILE: PROFILE,
    KycProcess.ADDRESS: ADDRESS,
    KycProcess.IDENTITY: IDENTITY,
    KycProcess.PROOF_OF_ADDRESS: PROOF,
}


def lines(
    *,
    kyc: KycStatus = KycStatus.VERIFIED,
    declared: KycData = KycData(),
    changed: dict[KycProcess, dict[str, Any]] | None = None,
    duplicates: Any = (),
    results: Any = None,
) -> dict[KycProcess, Line]:
    data = {**WHOLE, **(changed or {})}
    known = {process: Result(ResultStatus.COMPLETED, content, None, AT) for process, content in data.items()}
    facts = Facts(kyc, declared, AT.date(), known if results is None else results, duplicates)
    return {line.process: line for line in overview(facts)}


def codes(found: dict[KycProcess, Line], process: KycProcess) -> list[tuple[str, str | None]]:
    return [(reason.code, reason.field) for reason in found[process].reasons]


def test_what_is_whole_and_agrees_is_ok() -> None:
    declared = KycData(
        legal_first_name="Iria",
        legal_last_name="Vale Montes",
        date_of_birth=dt.date(1991, 7, 23),
        address=Address(country="ES"),
        documents=(Document(KycDocumentType.PASSPORT, "xda000123", "ES"), Document(KycDocumentType.DRIVERS_LICENSE, "other", "ES")),
    )

    assert {line.status for line in lines(declared=declared).values()} == {"OK"}


@pytest.mark.parametrize(
    ("kyc", "status"),
    [
        (KycStatus.NOT_STARTED, "PENDING"),
        (KycStatus.PENDING, "PENDING"),
        (KycStatus.IN_PROGRESS, "RUNNING"),
        (KycStatus.NOT_REQUIRED, "EXEMPT"),
        (KycStatus.FAILED, "FAILED"),
    ],
)
def test_without_results_the_status_says_where_it_stands(kyc: KycStatus, status: str) -> None:
    assert {line.status for line in lines(kyc=kyc, results={}).values()} == {status}


def test_a_refusal_of_the_vendor_outweighs_what_was_found() -> None:
    found = lines(kyc=KycStatus.FAILED)

    assert codes(found, KycProcess.IDENTITY) == [("provider_rejection", None)]


def test_a_result_that_runs_or_failed_says_so() -> None:
    error = {"code": "provider_data_not_available", "message": "Nothing there."}
    results = {
        KycProcess.PROFILE: Result(ResultStatus.PROCESSING, {}, None, AT),
        KycProcess.ADDRESS: Result(ResultStatus.FAILED, {}, error, AT),
    }

    found = lines(results=results)

    assert found[KycProcess.PROFILE].status == "RUNNING"
    assert codes(found, KycProcess.ADDRESS) == [("provider_data_not_available", None)]
    assert found[KycProcess.IDENTITY].status == "PENDING"


@pytest.mark.parametrize(
    ("process", "data", "expected"),
    [
        (KycProcess.PROFILE, {**PROFILE, "birthdate": "2010-01-01"}, [("underage", "birthdate")]),
        (KycProcess.PROFILE, {"full_name": "Iria"}, [("missing_field", "birthdate")]),
        (KycProcess.ADDRESS, {"country": "ES"}, [("missing_field", "line1"), ("missing_field", "city")]),
        (
            KycProcess.IDENTITY,
            {**IDENTITY, "document": {**IDENTITY["document"], "expires_at": "2026-11-20"}},
            [("document_expired", "document.expiresAt")],
        ),
        (
            KycProcess.IDENTITY,
            {"document": {"type": "PASSPORT"}, "person": {"given_name": "IRIA", "birthdate": "2009-01-01"}},
            [("missing_field", "document.number"), ("missing_field", "document.country"), ("underage", "person.birthdate")],
        ),
        (KycProcess.PROOF_OF_ADDRESS, {"person": {"given_name": "IRIA"}}, [("missing_field", "person.address.country")]),
    ],
)
def test_each_shortcoming_has_its_reason(process: KycProcess, data: dict[str, Any], expected: Any) -> None:
    assert codes(lines(changed={process: data}), process) == expected


def test_what_was_declared_otherwise_is_told() -> None:
    declared = KycData(
        legal_first_name="Irene",
        legal_last_name="Vale",
        date_of_birth=dt.date(1991, 7, 24),
        address=Address(country="PT"),
        documents=(Document(KycDocumentType.PASSPORT, "XDA000999", "ES"),),
    )

    found = lines(declared=declared)

    assert codes(found, KycProcess.PROFILE) == [("data_mismatch", "fullName"), ("data_mismatch", "birthdate")]
    assert codes(found, KycProcess.ADDRESS) == [("data_mismatch", "country")]
    assert codes(found, KycProcess.IDENTITY) == [
        ("data_mismatch", "person.givenName"),
        ("data_mismatch", "person.birthdate"),
        ("data_mismatch", "document.number"),
    ]
    assert codes(found, KycProcess.PROOF_OF_ADDRESS) == [
        ("data_mismatch", "person.givenName"),
        ("data_mismatch", "person.address.country"),
    ]


def test_the_same_document_or_person_elsewhere_is_a_duplicate() -> None:
    found = lines(duplicates={FingerprintKind.DOCUMENT})

    assert codes(found, KycProcess.IDENTITY) == [("duplicate", "document.number")]
    assert found[KycProcess.PROFILE].status == "OK"


def test_marks_do_not_depend_on_spelling() -> None:
    assert (
        document_fingerprint("ES", "xda 000-123")
        == document_fingerprint("ES", "XDA000123")
        != document_fingerprint("PT", "XDA000123")
    )
    assert person_fingerprint("Vale Montes, Íria", "1991-07-23") == person_fingerprint("IRIA VALE MONTES", "1991-07-23")
    assert person_fingerprint("Iria", None) is None
    assert document_fingerprint("ES", "--") is None
