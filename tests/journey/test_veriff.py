"""Ingesting from Veriff: one or several sessions, each with its own keys and its own processes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from app.model.ingestion import Ingestion
from app.service.ingestion import media
from app.store.db import now, transaction
from tests.make.firm import READ_INGESTION, Firm


async def ingest(firm: Firm, *sessions: dict[str, Any], processes: list[str] | None = None) -> dict[str, Any]:
    given: dict[str, Any] = {"customerId": await firm.customer(), "source": {"veriff": {"sessions": list(sessions)}}}
    if processes:
        given["processes"] = processes
    return await firm.create_ingestion(given)


async def results(firm: Firm, *sessions: dict[str, Any], processes: list[str] | None = None) -> dict[str, Any]:
    payload = await ingest(firm, *sessions, processes=processes)
    assert payload["userErrors"] == [], payload
    found = await firm.finished(payload["ingestion"]["id"])
    return {result["process"]: result for result in found["results"]}


async def test_an_approved_session_becomes_normalised_results(firm: Firm) -> None:
    found = await results(firm, {"sessionId": await firm.session("passport")}, processes=["PROFILE", "ADDRESS", "IDENTITY"])

    assert {process: result["status"] for process, result in found.items()} == dict.fromkeys(found, "COMPLETED")
    assert found["PROFILE"]["profile"] == {
        "fullName": "IRIA VALE MONTES",
        "fullNameNative": None,
        "birthdate": "1991-07-23",
        "birthplace": {"town": "Lugo", "country": "ES"},
        "primaryCitizenship": "ES",
    }
    assert found["ADDRESS"]["address"] == {
        "line1": "RUA DO EXEMPLO 12",
        "line2": "3B",
        "city": "LUGO",
        "subdivision": "ES-GA",
        "postalCode": "27001",
        "country": "ES",
    }
    assert found["IDENTITY"]["identity"]["document"] == {
        "type": "PASSPORT",
        "number": "XDA000123",
        "country": "ES",
        "issuedAt": "2021-04-30",
        "expiresAt": "2031-04-30",
    }
    assert [(file["context"], file["size"]) for file in found["IDENTITY"]["files"]] == [
        ("photo-document-front", 181234),
        ("photo-selfie", 90210),
    ]
    assert set(found["IDENTITY"]["files"][0]["providerDetails"]) == {"mediaId"}
    assert {"field": "document.number", "provider": "VERIFF", "path": "verification.document.number"} in found["IDENTITY"][
        "provenance"
    ]


async def test_several_sessions_give_each_process_from_the_session_it_is_assigned_to(firm: Firm) -> None:
    found = await results(
        firm,
        {"sessionId": await firm.session("passport"), "processes": ["PROFILE", "IDENTITY"]},
        {"sessionId": await firm.session("proof-of-address", "poa"), "integration": "poa"},
    )

    assert {process: result["status"] for process, result in found.items()} == {
        "PROFILE": "COMPLETED",
        "ADDRESS": "COMPLETED",
        "IDENTITY": "COMPLETED",
        "PROOF_OF_ADDRESS": "COMPLETED",
    }
    assert found["ADDRESS"]["address"]["line2"] is None
    assert found["PROOF_OF_ADDRESS"]["proofOfAddress"]["person"]["givenName"] == "IRIA VALE MONTES"
    assert found["PROOF_OF_ADDRESS"]["proofOfAddress"]["person"]["familyName"] is None
    assert [file["context"] for file in found["PROOF_OF_ADDRESS"]["files"]] == ["address-proof"]
    assert all("data_mismatch" not in [warning["code"] for warning in result["warnings"]] for result in found.values())


async def test_sessions_that_name_different_persons_are_told(embedded: Firm) -> None:
    found = await results(
        embedded,
        {"sessionId": await embedded.session("passport"), "processes": ["IDENTITY"]},
        {"sessionId": await embedded.session("other-person", "poa"), "integration": "poa"},
    )

    assert all("data_mismatch" in [warning["code"] for warning in result["warnings"]] for result in found.values())


async def test_a_refused_or_unknown_session_fails_its_own_processes_alone(embedded: Firm) -> None:
    found = await results(
        embedded,
        {"sessionId": await embedded.session("declined"), "processes": ["PROFILE"]},
        {"sessionId": "0b8f1b6e-3f5c-4f0e-9c57-0c5a3d1e7a10", "processes": ["IDENTITY"]},
        {"sessionId": await embedded.session("proof-of-address", "poa"), "integration": "poa", "processes": ["ADDRESS"]},
    )

    assert {process: (result["error"] or {}).get("code") for process, result in found.items()} == {
        "PROFILE": "verification_not_approved",
        "IDENTITY": "provider_reference_invalid",
        "ADDRESS": None,
    }
    assert found["PROFILE"]["error"]["details"]["status"] == "declined"


async def test_a_session_of_another_integration_cannot_be_read_with_these_keys(embedded: Firm) -> None:
    found = await results(embedded, {"sessionId": await embedded.session("passport"), "integration": "poa"})

    assert {result["error"]["code"] for result in found.values()} == {"provider_reference_invalid"}


async def test_what_is_not_decided_is_waited_for(firm: Firm) -> None:
    found = await results(firm, {"sessionId": await firm.session("slow")}, processes=["PROFILE"])

    assert found["PROFILE"]["status"] == "COMPLETED"


async def test_no_decision_in_time_is_the_readiness_error_and_the_other_session_is_not_spoilt(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with Firm.embedded(tmp_path_factory.mktemp("hasty"), provider_readiness_seconds=1) as firm:
        found = await results(
            firm,
            {"sessionId": await firm.session("never-decided"), "processes": ["PROFILE"]},
            {"sessionId": await firm.session("passport"), "processes": ["IDENTITY"]},
        )

    assert found["PROFILE"]["error"]["code"] == "provider_data_readiness_timeout_exceeded"
    assert found["IDENTITY"]["status"] == "COMPLETED"


async def test_files_that_arrive_after_the_lease_was_lost_are_not_stored_while_another_session_waits(
    embedded: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Event()

    async def overtaken(blobs: Any, provider: Any, row: Any, *rest: Any) -> Any:
        found = await fetch_all(blobs, provider, row, *rest)
        async with transaction(embedded.deps.database) as session:
            values = {"fence": row.fence + 2, "lease_until": now(600)}
            await session.execute(update(Ingestion).where(Ingestion.id == row.id).values(values))
        tried.set()
        return found

    fetch_all = media.fetch_all
    monkeypatch.setattr(media, "fetch_all", overtaken)
    payload = await ingest(
        embedded,
        {"sessionId": await embedded.session("never-decided"), "processes": ["PROFILE"]},
        {"sessionId": await embedded.session("passport"), "processes": ["IDENTITY"]},
    )
    async with asyncio.timeout(30):
        await tried.wait()
    await asyncio.sleep(1)

    seen = (await embedded.data(READ_INGESTION, {"id": payload["ingestion"]["id"]}))["ingestion"]
    assert {result["process"]: result["status"] for result in seen["results"]} == dict.fromkeys(
        ["PROFILE", "IDENTITY"], "PROCESSING"
    )


@pytest.mark.parametrize(
    ("scenario", "process", "expected"),
    [
        ("capture", "PROOF_OF_ADDRESS", "provider_data_not_available"),
        ("passport", "PROOF_OF_ADDRESS", "provider_data_not_available"),
        ("proof-of-address", "IDENTITY", "provider_data_not_available"),
        ("capture", "PROFILE", "provider_data_not_available"),
        ("capture", "ADDRESS", "provider_data_not_available"),
        ("file-gone", "IDENTITY", "provider_file_download_failed"),
        ("resubmission", "PROFILE", "verification_not_approved"),
    ],
)
async def test_what_a_session_does_not_hold_has_its_own_error(embedded: Firm, scenario: str, process: str, expected: str) -> None:
    found = await results(embedded, {"sessionId": await embedded.session(scenario)}, processes=[process])

    assert found[process]["error"]["code"] == expected
    assert found[process]["error"]["hint"]


async def test_nothing_is_made_up_and_doubts_become_warnings(embedded: Firm) -> None:
    card = await results(embedded, {"sessionId": await embedded.session("id-card")}, processes=["PROFILE", "IDENTITY"])
    bill = await results(
        embedded, {"sessionId": await embedded.session("proof-of-address-doubtful")}, processes=["PROOF_OF_ADDRESS"]
    )

    assert card["PROFILE"]["profile"]["birthdate"] is None
    assert {warning["code"] for warning in card["PROFILE"]["warnings"]} == {"birthdate_year_only", "birthplace_incomplete"}
    assert [file["context"] for file in card["IDENTITY"]["files"]] == [
        "photo-document-front",
        "photo-document-back",
        "photo-selfie",
        "video",
    ]
    assert {warning["code"] for warning in bill["PROOF_OF_ADDRESS"]["warnings"]} == {"name_mismatch", "proof_of_address_high_risk"}


async def test_passing_faults_are_tried_again(firm: Firm) -> None:
    found = await results(firm, {"sessionId": await firm.session("failing-twice")}, processes=["IDENTITY"])

    assert found["IDENTITY"]["status"] == "COMPLETED"


SESSION = "0b8f1b6e-3f5c-4f0e-9c57-0c5a3d1e7a10"


@pytest.mark.parametrize(
    ("sessions", "processes", "code", "field"),
    [
        ([], None, "NO_SESSIONS", "sessions"),
        ([{"sessionId": SESSION}, {"sessionId": SESSION.upper()}], None, "DUPLICATE_SESSION", "sessionId"),
        ([{"sessionId": "../decision"}], None, "INVALID_ID", "sessionId"),
        ([{"sessionId": SESSION, "integration": "none"}], None, "UNKNOWN_INTEGRATION", "integration"),
        ([{"sessionId": SESSION, "processes": []}], None, "NO_PROCESSES", "processes"),
        ([{"sessionId": SESSION, "integration": "poa", "processes": ["IDENTITY"]}], None, "PROCESS_NOT_OFFERED", "processes"),
        ([{"sessionId": SESSION, "integration": "poa"}], ["IDENTITY"], "PROCESS_NOT_RESOLVABLE", "processes"),
        ([{"sessionId": SESSION}] * 21, None, "TOO_MANY_SESSIONS", "sessions"),
    ],
)
async def test_bad_sessions_are_refused_with_their_place(
    embedded: Firm, sessions: list[dict[str, Any]], processes: list[str] | None, code: str, field: str
) -> None:
    payload = await ingest(embedded, *sessions, processes=processes)

    assert payload["ingestion"] is None
    assert [(error["code"], error["field"][-1]) for error in payload["userErrors"]] == [(code, field)]
