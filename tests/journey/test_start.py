"""The gate: only a person opens it, and what is behind it happens once, whatever happens on the way."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.journey.test_webhooks import decide as review
from tests.make import servers
from tests.make.firm import RISK, START_VERIFICATION, Firm
from tests.make.person import jpeg, passport, whole
from tests.make.webhook import post_sumsub, sumsub_body, veriff_headers

READ = """query($id: ID!) { customer(id: $id) { status kycStatus nextAction { code customerMessage } requiredInformation { field reason message }
    verification { id stage link startedBy providerReference missingSince } ingestions { nodes { status processes results { process status } } }
    events(first: 100) { nodes { type data } } } }"""
STARTS = """query($filter: VerificationStartFilter) { verificationStarts(filter: $filter, first: 100) { nodes {
    id status charge requestedBy approvedBy provider problem { code hint } risk { designatedService paymentMethod clientRelationship comment }
    verification { id } } } }"""
RED = {"reviewAnswer": "RED", "reviewRejectType": "RETRY", "rejectLabels": ["UNSATISFACTORY_PHOTOS"]}
DECIDE = """mutation($input: %sInput!) { done: %s(input: $input) { start { status charge approvedBy } userErrors { code } } }"""


async def read(firm: Firm, customer: str) -> dict[str, Any]:
    return (await firm.data(READ, {"id": customer}))["customer"]  # type: ignore[no-any-return]


async def starts(firm: Firm, customer: str, who: str = "back-office") -> list[dict[str, Any]]:
    found = await firm.data(STARTS, {"filter": {"customerId": customer}}, who=who)
    return found["verificationStarts"]["nodes"]  # type: ignore[no-any-return]


async def made(firm: Firm, vendor: str = "sumsub") -> int:
    if vendor == "sumsub":
        return (await firm.effects()).get("created", 0)
    return (await firm.http.get(f"http://127.0.0.1:{firm.veriff_port}/_twin/effects")).json().get("created", 0)  # type: ignore[no-any-return]


async def decide(firm: Firm, mutation: str, *, who: str = "compliance", expect: Any = (), **given: Any) -> dict[str, Any]:
    kind = mutation[0].upper() + mutation[1:]
    payload = (await firm.data(DECIDE % (kind, mutation), {"input": given}, who=who))["done"]
    assert [error["code"] for error in payload["userErrors"]] == list(expect), payload
    return payload["start"]  # type: ignore[no-any-return]


async def on_its_way(firm: Firm, customer: str, wanted: Any, seconds: float = 20) -> dict[str, Any]:
    for _ in range(int(seconds / 0.05)):
        found = await read(firm, customer)
        if wanted(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_a_person_starts_the_customer_goes_through_and_what_was_found_is_taken_in(firm: Firm) -> None:
    customer, before = await firm.customer(), await made(firm)
    await firm.submit(customer, **whole())

    started = await firm.start(customer)
    record = "query($id: ID!) { customer(id: $id) { verification { vendorRecord(record: APPLICANT) } } }"
    applicant = (await firm.data(record, {"id": customer}, who="compliance"))["customer"]["verification"]["vendorRecord"]
    again = await firm.start(customer, expect=["VERIFICATION_IN_PROGRESS"])
    reference = started["verification"]["providerReference"]
    await post_sumsub(firm, await review(firm, reference, reviewStatus="pending"))
    checking = await on_its_way(firm, customer, lambda found: found["kycStatus"] == "IN_PROGRESS")
    await post_sumsub(firm, await review(firm, reference, reviewResult=RED))
    asked = await on_its_way(firm, customer, lambda found: found["kycStatus"] == "AWAITING_RESUBMISSION")

    assert started["customer"]["kycStatus"] == "PENDING"
    assert started["customer"]["nextAction"]["code"] == "OPEN_VERIFICATION_LINK"
    assert started["start"]["status"] == "STARTED"
    assert (started["start"]["charge"], started["start"]["requestedBy"]) == ("CONFIRMED", "test")
    assert started["verification"]["link"].startswith("http")
    assert started["verification"]["startedBy"] == "test"
    assert (await made(firm)) == before + 1
    assert applicant["externalUserId"] == started["verification"]["id"]
    assert (applicant["fixedInfo"]["firstName"], applicant["fixedInfo"]["dob"]) == ("Jane", "1990-05-15")
    assert applicant["fixedInfo"]["addresses"][0]["country"] == "USA"
    assert (applicant["phone"], applicant["lang"]) == ("+14155551234", "en")
    assert again["verification"] is None
    assert checking["status"] == "UNDER_REVIEW"
    assert asked["status"] == "NEEDS_ADDITIONAL_INFORMATION"
    assert asked["nextAction"] == {"code": "RESUBMIT", "customerMessage": "Please submit the requested information again."}
    assert [item["reason"] for item in asked["requiredInformation"]] == ["UNSATISFACTORY_PHOTOS"]
    types = [event["type"] for event in asked["events"]["nodes"]]
    assert [name for name in types if name.startswith("verification.start_") or name == "verification.started"] == [
        "verification.start_authorised",
        "verification.start_ended",
        "verification.started",
    ]


async def test_documents_at_hand_go_along_and_one_that_is_not_taken_holds_nothing_up(firm: Firm) -> None:
    customer = await firm.customer()
    licence = {
        "type": "DRIVERS_LICENSE",
        "number": "D1234567",
        "issuingCountry": "US",
        "expirationDate": "2034-05-15",
        "frontImageUrl": "https://storage.example.com/f.jpg",
    }
    ids = [(await firm.upload(customer, jpeg(1200 + 10 * number)))[0] for number in range(2)]
    bill = {"type": "UTILITY_BILL", "frontUploadId": ids[0]}
    licence = {**licence, "backUploadId": ids[1]}
    await firm.submit(customer, **whole(documents=[licence, bill]))
    images = "query($id: ID!) { customer(id: $id) { kycData { documents { front { status } } } } }"
    for _ in range(100):
        found = (await firm.data(images, {"id": customer}))["customer"]["kycData"]["documents"]
        if {document["front"]["status"] for document in found} == {"STORED"}:
            break
        await asyncio.sleep(0.05)

    started = await firm.start(customer, level="id-only")
    record = "query($id: ID!) { customer(id: $id) { verification { vendorRecord(record: RESOURCES) } } }"
    given = (await firm.data(record, {"id": customer}, who="compliance"))["customer"]["verification"]["vendorRecord"]["items"]

    assert started["customer"]["kycStatus"] == "PENDING"
    assert [(item["idDocDef"]["idDocType"], item["idDocDef"]["idDocSubType"], item["idDocDef"]["country"]) for item in given] == [
        ("DRIVERS", "FRONT_SIDE", "USA"),
        ("DRIVERS", "BACK_SIDE", "USA"),
    ]


async def test_a_document_that_was_lost_here_holds_nothing_up(embedded: Firm) -> None:
    customer = await embedded.customer()
    await embedded.submit(
        customer, **whole(documents=[passport(frontImageUrl=None, frontUploadId=(await embedded.upload(customer, jpeg()))[0])])
    )
    kept = [path for path in Path(embedded.settings.blobs.removeprefix("file://")).rglob(f"{customer}/uploads/*") if path.is_file()]
    for path in kept:
        path.unlink()

    started = await embedded.start(customer)

    assert len(kept) == 2
    assert (started["start"]["status"], started["customer"]["kycStatus"]) == ("STARTED", "PENDING")


async def test_an_approval_is_taken_in_by_itself(firm: Firm) -> None:
    customer = await firm.customer()
    reference = (await firm.start(customer))["verification"]["providerReference"]
    await post_sumsub(firm, await review(firm, reference, reviewResult={"reviewAnswer": "GREEN"}))

    await on_its_way(firm, customer, lambda found: found["kycStatus"] == "VERIFIED")
    found = await on_its_way(firm, customer, lambda seen: [node["status"] for node in seen["ingestions"]["nodes"]] == ["FINISHED"])

    assert found["ingestions"]["nodes"][0]["processes"] == ["PROFILE", "ADDRESS", "IDENTITY", "PROOF_OF_ADDRESS"]
    assert len(await starts(firm, customer)) == 1


async def test_a_session_at_veriff_is_started_the_same_way(firm: Firm) -> None:
    customer, before = await firm.customer(), await made(firm, "veriff")
    await firm.submit(customer, **whole())

    started = await firm.start(customer, provider="VERIFF")
    no_levels = await firm.start(await firm.customer(), provider="VERIFF", level="x", expect=["NO_LEVELS"])

    assert started["customer"]["kycStatus"] == "PENDING"
    assert started["verification"]["provider"] == "VERIFF"
    assert started["verification"]["link"].startswith("http")
    assert no_levels["start"] is None
    assert await made(firm, "veriff") == before + 1


async def test_no_machine_starts_anything_and_no_role_without_the_right(firm: Firm) -> None:
    customer, before = await firm.customer(), await made(firm)
    given = {"input": {"customerId": customer, "risk": RISK, "idempotencyKey": "k"}}

    codes = {}
    for who in ("service", "reader", "admin"):
        answer = await firm.ask(START_VERIFICATION, given, who=who)
        codes[who] = answer["errors"][0]["extensions"]["code"]
    for mutation, more in (
        ("approveVerificationStart", {}),
        ("withdrawVerificationStart", {}),
        ("resolveVerificationStart", {"outcome": "NOT_MADE"}),
    ):
        kind = mutation[0].upper() + mutation[1:]
        answer = await firm.ask(DECIDE % (kind, mutation), {"input": {"startId": "sta_x", **more}}, who="reader")
        codes[mutation] = answer["errors"][0]["extensions"]["code"]

    assert codes == {
        "service": "HUMAN_REQUIRED", "reader": "HUMAN_REQUIRED", "admin": "FORBIDDEN", "approveVerificationStart": "HUMAN_REQUIRED",
        "withdrawVerificationStart": "HUMAN_REQUIRED", "resolveVerificationStart": "HUMAN_REQUIRED",
    }  # fmt: skip
    assert await made(firm) == before
    assert await starts(firm, customer) == []


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"risk": {**RISK, "designatedService": "casino"}}, ["UNKNOWN_SERVICE"]),
        ({"risk": {**RISK, "comment": "x" * 501}}, ["TOO_LONG"]),
        ({"idempotencyKey": " "}, ["BLANK"]),
        ({"level": " ", "risk": {**RISK, "designatedService": ""}}, ["UNKNOWN_SERVICE", "BLANK"]),
        ({"customerId": "cus_none"}, ["NOT_FOUND"]),
    ],
)
async def test_bad_starts_are_refused_whole(embedded: Firm, more: dict[str, Any], codes: list[str]) -> None:
    customer, before = await embedded.customer(), await made(embedded)

    await embedded.start(customer, expect=codes, **more)

    assert await made(embedded) == before
    assert await starts(embedded, customer) == []


async def test_what_the_vendor_refuses_costs_nothing_and_may_be_tried_again(firm: Firm) -> None:
    customer, before = await firm.customer(), await made(firm)

    refused = await firm.start(customer, level="no-such-level", expect=["PROVIDER_REFUSED"])
    (first,) = await starts(firm, customer)
    started = await firm.start(customer)

    assert refused["verification"] is None
    assert (first["status"], first["charge"], first["problem"]["code"]) == ("REFUSED", "RELEASED", "PROVIDER_REFUSED")
    assert started["customer"]["kycStatus"] == "PENDING"
    assert await made(firm) == before + 1


async def test_a_hundred_at_once_with_one_key_are_one(firm: Firm) -> None:
    customer, before = await firm.customer(), await made(firm)

    payloads = await asyncio.gather(*(firm.start(customer, key=f"hundred-{customer}") for _ in range(100)))
    await firm.start(customer, key=f"hundred-{customer}", level="other", expect=["IDEMPOTENCY_KEY_REUSED"])

    assert len({payload["start"]["id"] for payload in payloads}) == 1
    assert {payload["customer"]["kycStatus"] for payload in payloads} == {"PENDING"}
    assert await made(firm) == before + 1
    assert [(item["status"], item["charge"]) for item in await starts(firm, customer)] == [("STARTED", "CONFIRMED")]


async def test_a_hundred_at_once_with_a_hundred_keys_are_one(firm: Firm) -> None:
    customer, before = await firm.customer(), await made(firm)
    given = {"customerId": customer, "risk": RISK}

    payloads = await asyncio.gather(
        *(
            firm.data(START_VERIFICATION, {"input": {**given, "idempotencyKey": f"{customer}-{number}"}}, who="back-office")
            for number in range(100)
        )
    )

    codes = [[error["code"] for error in payload["startVerification"]["userErrors"]] for payload in payloads]
    assert sorted(codes) == [[], *[["VERIFICATION_IN_PROGRESS"]] * 99]
    assert await made(firm) == before + 1
    assert [(item["status"], item["charge"]) for item in await starts(firm, customer)] == [("STARTED", "CONFIRMED")]


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "truncated", "not_json", "500", "429"])
async def test_after_any_doubt_the_vendor_is_looked_at_before_it_is_called_again(firm: Firm, fault: str) -> None:
    customer, before = await firm.customer(), await made(firm)
    await firm.twin("sumsub", "faults", operation="create", faults=[fault])

    await firm.start(customer)
    found = await on_its_way(firm, customer, lambda seen: seen["kycStatus"] == "PENDING")

    assert found["verification"]["link"]
    assert await made(firm) == before + 1
    assert [(item["status"], item["charge"]) for item in await starts(firm, customer)] == [("STARTED", "CONFIRMED")]


async def test_where_the_vendor_cannot_be_looked_at_a_person_decides(firm: Firm) -> None:
    lost, tried, gone = [await firm.customer() for _ in range(3)]
    for customer in (lost, tried, gone):
        await firm.twin("veriff", "faults", operation="create-session", faults=["cut_after"])
        payload = await firm.start(customer, provider="VERIFF")
        if payload["start"]["status"] != "UNCERTAIN":
            await wait_for(firm, customer, "UNCERTAIN")
    before = await made(firm, "veriff")
    blocked = await firm.start(lost, expect=["VERIFICATION_IN_PROGRESS"])
    ids = {customer: (await starts(firm, customer))[0] for customer in (lost, tried, gone)}

    await decide(firm, "resolveVerificationStart", startId=ids[lost]["id"], outcome="MADE", expect=["REFERENCE_AND_OUTCOME"])
    session = await firm.session(vendorData="x")
    found = await decide(firm, "resolveVerificationStart", startId=ids[lost]["id"], outcome="MADE", reference=session)
    again = await decide(firm, "resolveVerificationStart", startId=ids[tried]["id"], outcome="NOT_MADE_TRY_AGAIN")
    over = await decide(firm, "resolveVerificationStart", startId=ids[gone]["id"], outcome="NOT_MADE")
    await decide(firm, "resolveVerificationStart", startId=ids[gone]["id"], outcome="NOT_MADE", expect=["WRONG_STATE"])

    assert blocked["start"] is None
    assert ids[lost]["charge"] == "HELD"
    assert ids[lost]["problem"]["code"] == "PROVIDER_UNANSWERED"
    assert (found["status"], found["charge"]) == ("STARTED", "CONFIRMED")
    assert (again["status"], again["charge"]) == ("STARTED", "CONFIRMED")
    assert (over["status"], over["charge"]) == ("WITHDRAWN", "RELEASED")
    assert (await read(firm, gone))["kycStatus"] == "NOT_STARTED"
    assert await made(firm, "veriff") == before + 2  # the session that was looked up by hand, and the one that was tried again


async def wait_for(firm: Firm, customer: str, status: str) -> None:
    for _ in range(300):
        if (await starts(firm, customer))[0]["status"] == status:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await starts(firm, customer))


@pytest.mark.parametrize("under_way", ["PENDING", "IN_PROGRESS", "AWAITING_RESUBMISSION"])
async def test_what_the_vendor_no_longer_has_may_be_started_anew(firm: Firm, under_way: str) -> None:
    opens = "mutation($id: ID!) { openVerification(input: {customerId: $id, accepted: true}) { userErrors { code } } }"
    customer = await firm.customer()
    reference = (await firm.start(customer))["verification"]["providerReference"]
    if under_way == "IN_PROGRESS":
        await firm.data(opens, {"id": customer}, who="service")
    elif under_way == "AWAITING_RESUBMISSION":
        await post_sumsub(firm, await review(firm, reference, reviewResult=RED))
    await on_its_way(firm, customer, lambda found: found["kycStatus"] == under_way)

    await firm.start(customer, expect=["VERIFICATION_IN_PROGRESS"])
    await firm.http.delete(f"{firm.twin_url}/_twin/applicants/{reference}")
    await post_sumsub(firm, sumsub_body(reference, "applicantPersonalDataDeleted"))
    gone = await on_its_way(firm, customer, lambda found: found["verification"]["missingSince"] is not None)
    opened = (await firm.data(opens, {"id": customer}, who="service"))["openVerification"]
    anew = await firm.start(customer)
    found = await on_its_way(firm, customer, lambda found: found["kycStatus"] == "PENDING")

    assert gone["kycStatus"] == under_way
    assert [error["code"] for error in opened["userErrors"]] == ["NO_LINK"]
    assert anew["start"] == {**anew["start"], "status": "STARTED", "charge": "CONFIRMED"}
    assert found["verification"]["id"] == anew["verification"]["id"]
    assert found["verification"]["providerReference"] != reference
    await firm.start(customer, expect=["VERIFICATION_IN_PROGRESS"])


async def test_a_webhook_about_a_lost_session_settles_the_doubt(firm: Firm) -> None:
    customer = await firm.customer()
    await firm.twin("veriff", "faults", operation="create-session", faults=["cut_after"])
    await firm.start(customer, provider="VERIFF")
    await wait_for(firm, customer, "UNCERTAIN")
    sessions = await firm.http.get(f"http://127.0.0.1:{firm.veriff_port}/_twin/sessions")
    session = sessions.json()[-1]

    body = {
        "id": session["id"],
        "attemptId": "a",
        "feature": "selfid",
        "code": 7001,
        "action": "started",
        "vendorData": session["vendorData"],
    }
    raw = orjson.dumps(body)
    answer = await firm.http.post("/webhooks/veriff", content=raw, headers=veriff_headers(firm, raw))
    assert answer.status_code == 200
    await wait_for(firm, customer, "STARTED")

    found = await read(firm, customer)
    assert found["verification"]["providerReference"] == session["id"]
    assert [item["charge"] for item in await starts(firm, customer)] == ["CONFIRMED"]


async def test_two_persons_where_the_firm_asks_for_two(tmp_path: Path) -> None:
    async with Firm.embedded(tmp_path, start_needs_second_person=True, starts_per_day=2) as firm:
        customer, other, third = [await firm.customer() for _ in range(3)]
        asked = await firm.start(customer)
        start_id = asked["start"]["id"]
        before = await made(firm)

        await decide(firm, "approveVerificationStart", who="back-office", startId=start_id, expect=["SECOND_PERSON_REQUIRED"])
        second = await person(firm, "second")
        approved = await decide(firm, "approveVerificationStart", who=second, startId=start_id)
        again = await decide(firm, "approveVerificationStart", who=second, startId=start_id, expect=["WRONG_STATE"])
        withdrawn = await decide(firm, "withdrawVerificationStart", startId=(await firm.start(other))["start"]["id"])
        await decide(firm, "approveVerificationStart", who=second, startId=(await firm.start(other))["start"]["id"])
        late = (await firm.start(third))["start"]["id"]
        await decide(firm, "approveVerificationStart", who=second, startId=late, expect=["BUDGET_EXHAUSTED"])

        assert (asked["start"]["status"], asked["start"]["charge"], asked["customer"]["kycStatus"]) == (
            "AWAITING_APPROVAL", None, "NOT_STARTED",
        )  # fmt: skip
        assert before == 0
        assert (approved["status"], approved["charge"], approved["approvedBy"]) == ("STARTED", "CONFIRMED", "second")
        assert again is None
        assert (withdrawn["status"], withdrawn["charge"]) == ("WITHDRAWN", None)
        assert await made(firm) == 2


async def person(firm: Firm, name: str) -> str:
    from app.clock import SystemClock
    from app.domain.credential import CredentialKind, Role
    from app.service.trust import credential
    from app.store.db import transaction

    at = SystemClock().now()
    async with transaction(firm.deps.database) as session:
        tenant_id = await credential.ensure_tenant(session, "default", at=at)
        return await credential.issue(
            session, tenant_id=tenant_id, kind=CredentialKind.PERSON, role=Role.BACK_OFFICE, name=name, scopes=(), live=False, at=at
        )


async def test_the_budget_of_a_day_holds_for_many_at_once(
    tmp_path: Path, postgresql_server: servers.PostgreSQL, own_redis: servers.Redis
) -> None:
    urls = (postgresql_server.database(), own_redis.database())
    async with Firm.distributed(tmp_path, *urls, starts_per_day=3) as firm:
        customers = [await firm.customer() for _ in range(12)]
        given = [{"customerId": customer, "risk": RISK, "idempotencyKey": customer} for customer in customers]

        payloads = await asyncio.gather(*(firm.data(START_VERIFICATION, {"input": each}, who="back-office") for each in given))

        codes = [error["code"] for payload in payloads for error in payload["startVerification"]["userErrors"]]
        assert codes == ["BUDGET_EXHAUSTED"] * 9
        authorised = [customer for customer in customers if await starts(firm, customer)]
        for customer in authorised:
            await wait_for(firm, customer, "STARTED")
        assert len(authorised) == 3
        assert await made(firm) == 3


async def test_risk_answers_are_on_record_and_the_remark_is_for_people(firm: Firm) -> None:
    customer = await firm.customer()
    await firm.start(customer)

    seen = {who: (await starts(firm, customer, who))[0]["risk"] for who in ("back-office", "service")}

    assert seen["back-office"] == RISK
    assert seen["service"] == {**RISK, "comment": None}
