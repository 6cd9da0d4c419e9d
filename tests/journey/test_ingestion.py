"""The main job, embedded and distributed: from a share token to normalised results, followed live."""

from __future__ import annotations

import hashlib

from tests.make.firm import Firm

FOLLOW = "subscription($id: ID!) { ingestion(id: $id) { status results { process status error { code } } } }"


async def test_an_approved_passport_becomes_four_completed_processes(firm: Firm) -> None:
    results = await firm.outcome("passport")

    assert {process: result["status"] for process, result in results.items()} == {
        "PROFILE": "COMPLETED",
        "ADDRESS": "COMPLETED",
        "IDENTITY": "COMPLETED",
        "PROOF_OF_ADDRESS": "COMPLETED",
    }
    assert results["PROFILE"]["profile"] == {
        "fullName": "Iria Vale Montes",
        "fullNameNative": None,
        "birthdate": "1991-07-23",
        "birthplace": {"town": "Lugo", "country": "ES"},
        "primaryCitizenship": "ES",
    }
    assert results["ADDRESS"]["address"] == {
        "line1": "Rúa do Exemplo 12",
        "line2": "3B",
        "city": "Lugo",
        "subdivision": "ES-GA",
        "postalCode": "27001",
        "country": "ES",
    }
    assert results["IDENTITY"]["identity"]["document"] == {
        "type": "PASSPORT",
        "number": "XDA000123",
        "country": "ES",
        "issuedAt": "2021-04-30",
        "expiresAt": "2031-04-30",
    }
    assert {"field": "document.number", "provider": "SUMSUB", "path": "info.idDocs[0].number"} in results["IDENTITY"]["provenance"]
    assert [file["context"] for file in results["IDENTITY"]["files"]] == ["photo-document-front", "photo-selfie"]
    assert [file["contentType"] for file in results["PROOF_OF_ADDRESS"]["files"]] == ["application/pdf"]


async def test_a_subscriber_sees_each_change_and_the_end(firm: Firm) -> None:
    ingestion_id = await firm.ingest("slow-review")

    async with firm.subscribe(FOLLOW, {"id": ingestion_id}) as subscription:
        seen = [payload["ingestion"] async for payload in subscription.payloads()]

    statuses = [item["status"] for item in seen]
    assert statuses[-1] == "FINISHED"
    assert statuses == sorted(statuses, key=["QUEUED", "RUNNING", "FINISHED"].index)
    assert {result["status"] for result in seen[-1]["results"]} == {"COMPLETED"}


async def test_one_failed_process_does_not_spoil_the_others(firm: Firm) -> None:
    results = await firm.outcome("no-proof-of-address")

    assert {process: (result["status"], (result["error"] or {}).get("code")) for process, result in results.items()} == {
        "PROFILE": ("COMPLETED", None),
        "ADDRESS": ("FAILED", "provider_data_not_available"),
        "IDENTITY": ("COMPLETED", None),
        "PROOF_OF_ADDRESS": ("FAILED", "provider_data_not_available"),
    }
    assert all(result["error"] is None or result["error"]["hint"] for result in results.values())


async def test_a_used_token_fails_every_process_with_a_hint_and_redeems_nothing(firm: Firm) -> None:
    before = await firm.effects()

    results = await firm.outcome("used-token")

    assert {result["error"]["code"] for result in results.values()} == {"provider_reference_invalid"}
    assert all("fresh share token" in result["error"]["hint"] for result in results.values())
    assert (await firm.effects()).get("redeemed") == before.get("redeemed")


async def test_a_vendor_that_fails_twice_is_asked_again_and_the_token_redeemed_once(firm: Firm) -> None:
    before = await firm.effects()

    results = await firm.outcome("failing-twice")

    assert {result["status"] for result in results.values()} == {"COMPLETED"}
    assert (await firm.effects())["redeemed"] == before.get("redeemed", 0) + 1


async def test_an_answer_lost_after_the_effect_is_found_by_looking_not_by_redeeming_again(firm: Firm) -> None:
    before = await firm.effects()

    results = await firm.outcome("answer-lost")

    assert {result["status"] for result in results.values()} == {"COMPLETED"}
    after = await firm.effects()
    assert after["redeemed"] == before.get("redeemed", 0) + 1
    assert after.get("refused") == before.get("refused")


async def test_an_applicant_of_the_same_account_is_read_by_its_id(firm: Firm) -> None:
    before = await firm.effects()
    payload = await firm.create_ingestion(
        {
            "customerId": await firm.customer(),
            "source": {"sumsub": {"applicantId": await firm.applicant("id-card")}},
            "processes": ["IDENTITY", "PROFILE"],
        }
    )

    found = await firm.finished(payload["ingestion"]["id"])

    assert [result["process"] for result in found["results"]] == ["IDENTITY", "PROFILE"]
    assert [file["context"] for file in found["results"][0]["files"]] == [
        "photo-document-front",
        "photo-document-back",
        "photo-selfie",
    ]
    assert (await firm.effects()).get("redeemed") == before.get("redeemed")


async def test_a_verified_customer_moves_to_under_review_and_the_log_says_so(firm: Firm) -> None:
    customer_id = await firm.customer()
    await firm.finished(await firm.ingest("passport", customer=customer_id))

    found = await firm.data(
        """query($id: ID!) { customer(id: $id) { status kycStatus nextAction { code }
            events(first: 50) { nodes { type data } } } }""",
        {"id": customer_id},
    )

    assert found["customer"]["status"] == "UNDER_REVIEW"
    assert found["customer"]["kycStatus"] == "VERIFIED"
    assert found["customer"]["nextAction"]["code"] == "WAIT"
    events = found["customer"]["events"]["nodes"]
    assert [event["type"] for event in events if event["type"] != "ingestion.result_changed"] == [
        "customer.created",
        "ingestion.created",
        "ingestion.status_changed",
        "verification.created",
        "ingestion.status_changed",
        "customer.kyc_status_changed",
        "customer.state_changed",
    ]
    assert events[-1]["data"] == {
        "customerId": customer_id,
        "oldStatus": "CREATED",
        "newStatus": "UNDER_REVIEW",
        "reason": "verification_ingested",
        "requiredDocuments": [],
    }


async def test_a_file_is_served_whole_as_an_attachment_and_only_by_its_signed_address(firm: Firm) -> None:
    results = await firm.outcome("passport")
    file = results["IDENTITY"]["files"][0]

    answer = await firm.http.get(file["url"])
    forged = await firm.http.get(file["url"][:-4] + "AAAA")

    assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
    assert len(answer.content) == file["size"]
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert forged.status_code == 404


async def test_a_rejected_verification_yields_nothing(firm: Firm) -> None:
    results = await firm.outcome("rejected")

    assert {result["error"]["code"] for result in results.values()} == {"verification_not_approved"}
    assert all(result["files"] == [] for result in results.values())
