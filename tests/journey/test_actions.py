"""What people and front ends have done to a verification at its vendor: once, on record, and only by whom it may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.journey.test_webhooks import customer_of, until, verified, verified_at_veriff
from tests.make.firm import Firm
from tests.make.webhook import sent

DESTRUCTIVE: dict[str, dict[str, Any]] = {
    "requestRecheck": {"reason": "Please look again"},
    "resetVerificationStep": {"step": "SELFIE"},
    "resetVerification": {},
    "changeVerificationLevel": {"level": "id-and-poa"},
    "blockApplicant": {"reason": "Fraud"},
    "setApplicantPresence": {"active": False},
    "setDocumentInactive": {"imageId": "1"},
    "shareVerification": {"forClientId": "partner"},
    "submitVerification": {},
    "deleteVerification": {},
    "askRegistry": {"data": {}},
}
ACTIONS = """query($id: ID!) { customer(id: $id) { verification { actions { kind status requestedBy errorCode } } } }"""


async def on_record(firm: Firm, customer: str) -> list[dict[str, Any]]:
    return (await firm.data(ACTIONS, {"id": customer}))["customer"]["verification"]["actions"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("mutation", list(DESTRUCTIVE))
async def test_what_is_billable_or_destructive_needs_a_person(firm: Firm, mutation: str) -> None:
    customer, _ = await verified(firm)
    before = await firm.effects()

    codes = {}
    for who in ("service", "reader", "admin"):
        kind = "CustomerVerification" if mutation in ("resetVerification", "submitVerification", "deleteVerification") else (
            mutation[0].upper() + mutation[1:]
        )  # fmt: skip
        query = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
        answer = await firm.ask(query, {"input": {"customerId": customer, **DESTRUCTIVE[mutation]}}, who=who)
        codes[who] = answer["errors"][0]["extensions"]["code"]

    assert codes == {"service": "HUMAN_REQUIRED", "reader": "HUMAN_REQUIRED", "admin": "FORBIDDEN"}
    assert await firm.effects() == before
    assert await on_record(firm, customer) == []


async def test_a_recheck_is_asked_for_once_and_the_state_follows(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    await firm.twin("sumsub", f"applicants/{applicant}/review", reviewResult={"reviewAnswer": "RED", "reviewRejectType": "FINAL"})
    before = (await firm.effects()).get("checked", 0)

    first = await firm.act("requestRecheck", customerId=customer, reason="A mistake", idempotencyKey=f"k-{customer}")
    again = await firm.act("requestRecheck", customerId=customer, reason="A mistake", idempotencyKey=f"k-{customer}")
    other = await firm.act(
        "requestRecheck", customerId=customer, reason="Another", idempotencyKey=f"k-{customer}", expect="IDEMPOTENCY_KEY_REUSED"
    )
    found = await until(firm, customer, lambda seen: seen["verification"]["stage"] == "APPROVED")

    assert first["verification"]["id"] == again["verification"]["id"]
    assert other["verification"] is None
    assert (await firm.effects())["checked"] == before + 1
    assert [(item["kind"], item["status"], item["requestedBy"]) for item in await on_record(firm, customer)] == [
        ("RECHECK", "DONE", "test")
    ]
    assert "verification.action_done" in [event["type"] for event in found["events"]["nodes"]]


async def test_a_repeated_order_is_about_the_verification_it_was_given_for(firm: Firm) -> None:
    customer, _ = await verified(firm)
    first = await firm.act("requestRecheck", customerId=customer, idempotencyKey=f"first-{customer}")
    newer = await firm.applicant("passport")
    given = {"customerId": customer, "source": {"sumsub": {"applicantId": newer}}, "processes": ["PROFILE"]}
    await firm.finished((await firm.create_ingestion(given))["ingestion"]["id"])

    again = await firm.act("requestRecheck", customerId=customer, idempotencyKey=f"first-{customer}")

    assert again["verification"]["id"] == first["verification"]["id"]
    assert (await customer_of(firm, customer))["verification"]["id"] != first["verification"]["id"]


async def test_many_at_once_with_one_key_are_one(firm: Firm) -> None:
    customer, _ = await verified(firm)
    before = (await firm.effects()).get("checked", 0)

    await asyncio.gather(*(firm.act("requestRecheck", customerId=customer, idempotencyKey=f"many-{customer}") for _ in range(10)))

    assert (await firm.effects())["checked"] == before + 1
    assert len(await on_record(firm, customer)) == 1


async def test_a_reset_takes_the_approval_back(firm: Firm) -> None:
    customer, _ = await verified(firm)

    await firm.act("resetVerification", customerId=customer)
    found = await until(firm, customer, lambda seen: seen["kycStatus"] == "AWAITING_RESUBMISSION")

    assert found["verification"]["stage"] == "CREATED"
    assert "verification.reversed" in [event["type"] for event in found["events"]["nodes"]]


async def test_a_step_reset_and_a_document_set_aside_reach_the_vendor(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    record = """query($id: ID!) { customer(id: $id) { verification { vendorRecord(record: RESOURCES) } } }"""
    found = (await firm.data(record, {"id": customer}, who="compliance"))["customer"]["verification"]["vendorRecord"]
    image = found["items"][0]["id"]

    await firm.act("setDocumentInactive", customerId=customer, imageId=image)
    await firm.act("resetVerificationStep", customerId=customer, step="SELFIE")
    after = (await firm.data(record, {"id": customer}, who="compliance"))["customer"]["verification"]["vendorRecord"]

    assert {item["id"] for item in after["items"] if item["deactivated"]} >= {image}
    assert [item["deactivated"] for item in after["items"] if item["idDocDef"]["idDocType"] == "SELFIE"] == [True]
    await firm.act("resetVerificationStep", customerId=customer, step="NOTHING", expect="STEP_NOT_RESETTABLE")
    assert applicant


async def test_a_fraud_never_begins_anew_and_a_block_is_final(firm: Firm) -> None:
    customer, _ = await verified(firm)
    await firm.act("blockApplicant", customerId=customer, reason="Fraud")
    found = await until(firm, customer, lambda seen: seen["kycStatus"] == "FAILED")

    await firm.act("blockApplicant", customerId=customer, reason="Fraud, again")
    refused = await firm.act("resetVerification", customerId=customer, expect="RESET_NOT_SAFE")

    assert found["verification"]["rejectLabels"] == ["BLOCKLIST"]
    assert "must not begin anew" in refused["userErrors"][0]["message"]


async def test_the_level_changes_and_what_is_missing_must_be_given(firm: Firm) -> None:
    customer, _ = await verified(firm)

    await firm.act("changeVerificationLevel", customerId=customer, level="id-and-poa")
    await until(firm, customer, lambda seen: seen["verification"]["level"] == "id-and-poa")
    refused = await firm.act("changeVerificationLevel", customerId=customer, level="none", expect="PROVIDER_REFUSED")

    assert "correlationId req-" in refused["userErrors"][0]["message"]


async def test_risk_and_tags_are_held_here_and_at_the_vendor(firm: Firm) -> None:
    customer, _ = await verified(firm)
    alone = await firm.customer()
    record = "query($id: ID!) { customer(id: $id) { tags riskLevel verification { vendorRecord(record: APPLICANT) } } }"

    await firm.act("setRiskLevel", who="service", customerId=customer, riskLevel="HIGH", comment="Cash")
    await firm.act("tagCustomer", who="service", customerId=customer, tags=["VIP", "VIP", "821"])
    here_alone = await firm.act("setRiskLevel", who="service", customerId=alone, riskLevel="LOW", comment="Known")
    found = (await firm.data(record, {"id": customer}, who="compliance"))["customer"]

    assert (found["tags"], found["riskLevel"]) == (["VIP", "821"], "HIGH")
    assert found["verification"]["vendorRecord"]["tags"] == ["VIP", "821"]
    assert here_alone["customer"]["riskLevel"] == "LOW"


async def test_what_was_declared_is_corrected_at_the_vendor_and_told(firm: Firm) -> None:
    customer, _ = await verified(firm)
    record = "query($id: ID!) { customer(id: $id) { verification { vendorRecord(record: APPLICANT) } } }"

    await firm.act(
        "correctApplicant", who="service", customerId=customer, lastName="Vale", nationality="PT", email="iria@example.org"
    )
    found = (await firm.data(record, {"id": customer}, who="compliance"))["customer"]["verification"]["vendorRecord"]
    seen = await until(firm, customer, lambda it: "verification.data_changed" in [event["type"] for event in it["events"]["nodes"]])

    assert (found["fixedInfo"]["lastName"], found["fixedInfo"]["nationality"], found["email"]) == (
        "Vale",
        "PRT",
        "iria@example.org",
    )
    assert found["fixedInfo"]["firstName"] == "Iria"
    assert seen["kycStatus"] == "VERIFIED"


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, ["NOTHING_GIVEN"]),
        ({"country": "ESP", "nationality": "xx"}, ["INVALID_COUNTRY", "INVALID_COUNTRY"]),
        ({"birthdate": "1990-02-30", "phone": "600", "language": "Spanish"}, ["INVALID_DATE", "INVALID_PHONE", "INVALID_LANGUAGE"]),
        ({"firstName": " ", "email": "nobody"}, ["BLANK", "INVALID_EMAIL"]),
    ],
)
async def test_all_faults_of_a_correction_come_back_together(embedded: Firm, given: dict[str, str], codes: list[str]) -> None:
    query = "mutation($input: CorrectApplicantInput!) { correctApplicant(input: $input) { userErrors { code field } } }"
    answer = await embedded.data(query, {"input": {"customerId": await embedded.customer(), **given}}, who="service")

    assert sorted(error["code"] for error in answer["correctApplicant"]["userErrors"]) == sorted(codes)


async def test_a_registry_is_asked_about_a_session(firm: Firm) -> None:
    customer, session = await verified_at_veriff(firm)

    await firm.act("askRegistry", customerId=customer, data={"number": "1"})
    await firm.act("askRegistry", customerId=customer, data=[1], expect="INVALID_DATA")

    assert session in [
        item["body"].split('"sessionId":"')[1][:36] for item in await sent(firm, "veriff") if item["kind"] == "registry"
    ]


async def test_an_old_request_repeated_does_not_undo_a_newer_one(firm: Firm) -> None:
    customer, _ = await verified(firm)
    given = {"customerId": customer, "comment": "x"}

    await firm.act("setRiskLevel", who="service", **given, riskLevel="HIGH", idempotencyKey=f"one-{customer}")
    await firm.act("setRiskLevel", who="service", **given, riskLevel="LOW", idempotencyKey=f"two-{customer}")
    again = await firm.act("setRiskLevel", who="service", **given, riskLevel="HIGH", idempotencyKey=f"one-{customer}")

    assert again["customer"]["riskLevel"] == "LOW"
    types = [event["type"] for event in (await customer_of(firm, customer))["events"]["nodes"]]
    assert types.count("customer.updated") == 2


async def test_tokens_and_links_are_for_the_applicant_that_there_is_and_make_no_other(firm: Firm) -> None:
    customer, _ = await verified(firm)
    nobody = await firm.customer()

    token = await firm.act("createSdkToken", who="service", customerId=customer, ttlSeconds=60, idempotencyKey=f"t-{customer}")
    again = await firm.act("createSdkToken", who="service", customerId=customer, ttlSeconds=60, idempotencyKey=f"t-{customer}")
    link = await firm.act("createVerificationLink", who="service", customerId=customer, successUrl="https://shop.example/done")
    share = await firm.act("shareVerification", customerId=customer, forClientId="partner", idempotencyKey=f"s-{customer}")
    shared_again = await firm.act("shareVerification", customerId=customer, forClientId="partner", idempotencyKey=f"s-{customer}")
    await firm.act("createSdkToken", who="service", customerId=nobody, expect="VERIFICATION_NOT_STARTED")
    await firm.act("createVerificationLink", who="service", customerId=customer, successUrl="http://x", expect="INVALID_URL")
    await firm.act("createSdkToken", who="service", customerId=customer, ttlSeconds=0, expect="OUT_OF_RANGE")

    assert token["token"]
    assert token["token"] != again["token"]
    assert link["url"].startswith(f"{firm.twin_url}/websdk/p/")
    assert share["token"]
    assert shared_again["token"]
    async with firm.deps.database.reading() as connection:
        from sqlalchemy import text

        stored = (await connection.execute(text("SELECT * FROM vendor_action"))).all()
    assert token["token"].encode() not in str(stored).encode()


@pytest.mark.parametrize("given", [{"customerId": "cus_none"}, {"customerId": "ing_01m7zfcj60efnry38k205w6bxy"}])
async def test_an_unknown_customer_is_told(firm: Firm, given: dict[str, str]) -> None:
    await firm.act("requestRecheck", **given, expect="NOT_FOUND")


async def test_what_a_vendor_cannot_do_is_said(firm: Firm) -> None:
    customer, _ = await verified_at_veriff(firm)

    await firm.act("resetVerification", customerId=customer, expect="NOT_SUPPORTED_BY_PROVIDER")
    refused = await firm.act("submitVerification", customerId=customer, expect="PROVIDER_REFUSED")

    assert refused["userErrors"][0]["hint"]
    assert [item["status"] for item in await on_record(firm, customer)] == ["REFUSED"]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("500", "PROVIDER_UNANSWERED", "UNCERTAIN"),
        ("429", "PROVIDER_UNANSWERED", "UNCERTAIN"),
        ("401", "PROVIDER_REFUSED", "REFUSED"),
        ("403", "PROVIDER_REFUSED", "REFUSED"),
        ("404", "PROVIDER_REFUSED", "REFUSED"),
        ("cut_before", "PROVIDER_UNANSWERED", "UNCERTAIN"),
        ("cut_after", "PROVIDER_UNANSWERED", "UNCERTAIN"),
        ("truncated", "PROVIDER_UNANSWERED", "UNCERTAIN"),
    ],
)
async def test_a_fault_of_the_vendor_is_told_and_a_repeat_finishes_the_work(firm: Firm, fault: str, code: str, status: str) -> None:
    customer, applicant = await verified(firm)
    key = f"{fault}-{customer}"
    await firm.twin("sumsub", "faults", operation="request-check", subject=applicant, faults=[fault])
    before = (await firm.effects()).get("checked", 0)

    await firm.act("requestRecheck", customerId=customer, idempotencyKey=key, expect=code)
    first = await on_record(firm, customer)
    await firm.act("requestRecheck", customerId=customer, idempotencyKey=key)
    second = await on_record(firm, customer)

    assert [item["status"] for item in first] == [status]
    assert [item["status"] for item in second] == ["DONE"]
    assert (await firm.effects())["checked"] == before + 1
    assert (await customer_of(firm, customer))["verification"]["stage"] in ("APPROVED", "IN_PROGRESS")


async def test_the_sandbox_decides_as_it_is_told(firm: Firm) -> None:
    customer, _ = await verified(firm)

    await firm.act(
        "setSandboxVerdict",
        who="service",
        customerId=customer,
        approve=False,
        rejectType="RETRY",
        rejectLabels=["SCREENSHOTS"],
        customerComment="Please send an original.",
    )
    found = await until(firm, customer, lambda seen: seen["kycStatus"] == "AWAITING_RESUBMISSION")

    assert found["verification"]["customerComment"] == "Please send an original."


async def test_a_vendors_own_records_are_for_those_who_may_read_persons_and_comments(firm: Firm) -> None:
    customer, _ = await verified(firm)
    query = "query($id: ID!) { customer(id: $id) { verification { vendorRecord(record: APPLICANT) } } }"

    allowed = await firm.data(query, {"id": customer}, who="compliance")
    refused = {who: await firm.ask(query, {"id": customer}, who=who) for who in ("service", "reader", "back-office")}
    other = await firm.ask(query.replace("APPLICANT", "DECISION"), {"id": customer}, who="compliance")
    missing = await firm.data(query.replace("APPLICANT", "AML_CASE"), {"id": customer}, who="compliance")

    assert allowed["customer"]["verification"]["vendorRecord"]["info"]["firstName"] == "IRIA"
    assert {who: answer["errors"][0]["extensions"]["code"] for who, answer in refused.items()} == dict.fromkeys(
        refused, "FORBIDDEN"
    )
    assert other["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert missing["customer"]["verification"]["vendorRecord"] is None


async def test_one_operation_cannot_spend_the_vendors_budget_on_records(firm: Firm) -> None:
    customer, _ = await verified(firm)
    aliases = " ".join(f"r{number}: vendorRecord(record: STEPS)" for number in range(11))
    query = f"query($id: ID!) {{ customer(id: $id) {{ verification {{ {aliases} }} }} }}"

    answer = await firm.ask(query, {"id": customer}, who="compliance")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_REQUEST"]
    assert sum(record is not None for record in answer["data"]["customer"]["verification"].values()) == 10


async def test_what_each_vendor_can_do_is_told(firm: Firm) -> None:
    found = await firm.data(
        "{ providers { name sources actions { kind needsPerson } records integrations { name processes } } }", who="service"
    )

    by_name = {item["name"]: item for item in found["providers"]}
    assert {"kind": "RECHECK", "needsPerson": True} in by_name["SUMSUB"]["actions"]
    assert by_name["VERIFF"]["sources"] == ["sessions"]
    assert {item["name"]: item["processes"] for item in by_name["VERIFF"]["integrations"]}["poa"] == ["ADDRESS", "PROOF_OF_ADDRESS"]
