"""What vendors send by themselves: believed only after proof, and then only as a reason to ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.domain.credential import Role
from app.model.inbound import InboundEvent
from tests.make.firm import Firm
from tests.make.webhook import post_sumsub, sent, sumsub_body, sumsub_headers, veriff_headers

READ = """query($id: ID!) { customer(id: $id) { kycStatus status verification {
    id stage provider reviewStatus reviewAnswer rejectLabels rejectType rejectReasons { code meaning }
    customerComment internalComment buttons { code meaning } providerReference active missingSince level
    steps { name reviewAnswer documentType images { imageId reviewAnswer customerComment internalComment
      buttons { code meaning } rejectLabels { code meaning } } } }
    events(first: 100) { nodes { type data } } } }"""
EVENTS = """query($filter: ProviderEventFilter) { providerEvents(first: 100, filter: $filter) { nodes {
    id type subject status verified handled changed receivedAt handledAt customer { id } verification { id } } } }"""
RED = {"reviewAnswer": "RED", "rejectLabels": ["FORGERY"], "reviewRejectType": "FINAL"}
RETRY = {
    "reviewAnswer": "RED",
    "rejectLabels": ["UNSATISFACTORY_PHOTOS", "LABEL_OF_OUR_OWN"],
    "reviewRejectType": "RETRY",
    "moderationComment": "Please send an original photo.",
    "clientComment": "Screenshot of a screenshot.",
    "buttonIds": ["badPhoto", "badPhoto_screenshot"],
}


async def verified(firm: Firm) -> tuple[str, str]:
    """A customer who was verified by ingesting an applicant of this account: `(customer, applicant)`."""
    customer, applicant = await firm.customer(), await firm.applicant("passport")
    given = {"customerId": customer, "source": {"sumsub": {"applicantId": applicant}}, "processes": ["PROFILE"]}
    await firm.finished((await firm.create_ingestion(given))["ingestion"]["id"])
    return customer, applicant


async def customer_of(firm: Firm, customer_id: str, who: str = "back-office") -> dict[str, Any]:
    return (await firm.data(READ, {"id": customer_id}, who=who))["customer"]  # type: ignore[no-any-return]


async def until(firm: Firm, customer_id: str, holds: Callable[[dict[str, Any]], bool], seconds: float = 15) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(int(seconds / 0.05)):
        found = await customer_of(firm, customer_id)
        if holds(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def decide(firm: Firm, applicant: str, **review: Any) -> bytes:
    """A reviewer's hand at the twin, and the webhook that tells of it."""
    before = len(await sent(firm))
    await firm.twin("sumsub", f"applicants/{applicant}/review", **review)
    return str((await sent(firm, after=before))[-1]["body"]).encode()


async def events_about(firm: Firm, subject: str, count: int = 1, status: str = "HANDLED") -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for _ in range(200):
        nodes = (await firm.data(EVENTS, {"filter": {"subject": subject}}))["providerEvents"]["nodes"]
        if len(nodes) == count and all(node["status"] == status for node in nodes):
            return nodes
        await asyncio.sleep(0.05)
    raise AssertionError(nodes)


async def test_a_reversed_approval_reaches_the_customer_and_is_its_own_event(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    assert (await customer_of(firm, customer))["verification"]["stage"] == "APPROVED"

    answer = await post_sumsub(firm, await decide(firm, applicant, reviewResult=RED))
    found = await until(firm, customer, lambda seen: seen["kycStatus"] == "FAILED")

    assert answer.status_code == 200
    assert found["status"] == "REJECTED"
    assert found["verification"]["rejectReasons"] == [{"code": "FORGERY", "meaning": "Something was forged."}]
    types = [event["type"] for event in found["events"]["nodes"]]
    assert types[-4:] == [
        "verification.verdict_changed",
        "verification.reversed",
        "customer.kyc_status_changed",
        "customer.state_changed",
    ]
    reversed_ = next(event for event in found["events"]["nodes"] if event["type"] == "verification.reversed")
    assert reversed_["data"]["verificationId"] == found["verification"]["id"]
    assert (reversed_["data"]["reviewAnswer"], reversed_["data"]["rejectType"]) == ("RED", "FINAL")


async def test_a_reversal_of_the_reversal_goes_through_too(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    await post_sumsub(firm, await decide(firm, applicant, reviewResult=RED))
    await until(firm, customer, lambda seen: seen["kycStatus"] == "FAILED")

    await post_sumsub(firm, await decide(firm, applicant, reviewResult={"reviewAnswer": "GREEN"}))

    await until(firm, customer, lambda seen: seen["kycStatus"] == "VERIFIED" and seen["verification"]["stage"] == "APPROVED")


async def test_what_must_be_given_again_is_told_apart_for_the_customer_and_for_us(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    image = (await customer_of(firm, customer))["verification"]["steps"]
    await firm.twin(
        "sumsub", f"applicants/{applicant}/review", reviewResult=RETRY, buttons={"": ["badPhoto_screenshot", "new_button"]}
    )

    await post_sumsub(firm, sumsub_body(applicant))
    found = await until(firm, customer, lambda seen: seen["kycStatus"] == "AWAITING_RESUBMISSION")
    seen_by_a_machine = await customer_of(firm, customer, who="reader")

    verification = found["verification"]
    assert found["status"] == "NEEDS_ADDITIONAL_INFORMATION"
    assert (verification["customerComment"], verification["internalComment"]) == (
        "Please send an original photo.",
        "Screenshot of a screenshot.",
    )
    assert seen_by_a_machine["verification"]["internalComment"] is None
    assert verification["rejectReasons"][1] == {"code": "LABEL_OF_OUR_OWN", "meaning": None}
    assert {"code": "badPhoto_screenshot", "meaning": "Screenshots were sent."} in verification["buttons"]
    assert [step["name"] for step in verification["steps"]] == ["IDENTITY", "SELFIE", "PROOF_OF_RESIDENCE"]
    assert image == [] or image[0]["name"] == "IDENTITY"


async def test_the_content_of_an_event_is_a_hint_and_never_believed(firm: Firm) -> None:
    customer, applicant = await verified(firm)

    await post_sumsub(firm, sumsub_body(applicant, reviewResult=RED))
    (event,) = await events_about(firm, applicant)
    found = await customer_of(firm, customer)

    assert (event["handled"], event["changed"]) == (True, False)
    assert (found["kycStatus"], found["verification"]["stage"]) == ("VERIFIED", "APPROVED")


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1_HEX", "HMAC_SHA256_HEX", "HMAC_SHA512_HEX", None])
async def test_every_digest_of_sumsub_is_accepted(embedded: Firm, algorithm: str | None) -> None:
    body = sumsub_body(f"nobody-{algorithm}")

    answer = await post_sumsub(embedded, body, sumsub_headers(embedded, body, algorithm))

    assert (answer.status_code, answer.json()) == (200, {"outcome": "stored"})


def _tampered(firm: Firm, body: bytes) -> dict[str, str]:
    return sumsub_headers(firm, body + b" ")


FORGERIES: dict[str, Callable[[Firm, bytes], dict[str, str]]] = {
    "no signature": lambda firm, body: {},
    "empty signature": lambda firm, body: {"X-Payload-Digest": ""},
    "another secret": lambda firm, body: sumsub_headers(firm, body, secret="other"),
    "empty secret": lambda firm, body: sumsub_headers(firm, body, secret=""),
    "another body": _tampered,
    "another algorithm named": lambda firm, body: sumsub_headers(firm, body) | {"X-Payload-Digest-Alg": "HMAC_SHA512_HEX"},
    "unknown algorithm": lambda firm, body: sumsub_headers(firm, body) | {"X-Payload-Digest-Alg": "none"},
    "not ascii": lambda firm, body: {"X-Payload-Digest": b"\xe9\xff"},  # type: ignore[dict-item]
    "veriff's headers": lambda firm, body: veriff_headers(firm, body),
}


@pytest.mark.parametrize("forgery", list(FORGERIES))
async def test_a_forged_event_changes_nothing_asks_nobody_and_is_counted(firm: Firm, forgery: str) -> None:
    customer, applicant = await verified(firm)
    await firm.twin("sumsub", f"applicants/{applicant}/review", reviewResult=RED)
    before = await counted(firm, "sumsub", "bad_signature")
    body = sumsub_body(applicant, reviewResult=RED)

    answer = await post_sumsub(firm, body, FORGERIES[forgery](firm, body))

    assert answer.status_code == 401
    assert await counted(firm, "sumsub", "bad_signature") == before + 1
    assert (await firm.data(EVENTS, {"filter": {"subject": applicant}}))["providerEvents"]["nodes"] == []
    assert (await customer_of(firm, customer))["kycStatus"] == "VERIFIED"


async def counted(firm: Firm, provider: str, outcome: str) -> float:
    text = (await firm.http.get("/metrics")).text
    mark = f'gatehouse_webhooks_total{{outcome="{outcome}",provider="{provider}"}} '
    return next((float(line.removeprefix(mark)) for line in text.splitlines() if line.startswith(mark)), 0.0)


async def test_a_repeated_event_is_dropped_however_it_is_written(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    body = sumsub_body(applicant)
    written_otherwise = orjson.dumps(dict(reversed(orjson.loads(body).items())), option=orjson.OPT_INDENT_2)

    answers = [await post_sumsub(firm, content) for content in (body, body, written_otherwise)]
    events = await events_about(firm, applicant)

    assert [answer.json()["outcome"] for answer in answers] == ["stored", "duplicate", "duplicate"]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(events) == 1
    assert events[0]["customer"]["id"] == customer


async def test_what_is_about_nothing_known_is_shown_to_the_only_tenant_and_to_none_of_several(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A vendor's account is shared by all tenants: an id of one's person must not be shown to another."""
    async with Firm.embedded(tmp_path_factory.mktemp("tenants")) as firm:
        await post_sumsub(firm, sumsub_body("alone"))
        shown = (await firm.data(EVENTS, {}))["providerEvents"]["nodes"]
        await firm.issue(Role.SERVICE, tenant="second")
        await post_sumsub(firm, sumsub_body("one-of-two"))
        then = (await firm.data(EVENTS, {}))["providerEvents"]["nodes"]

    assert [event["subject"] for event in shown] == ["alone"]
    assert [event["subject"] for event in then] == ["alone"]


async def test_a_hundred_of_one_event_at_once_are_one(firm: Firm) -> None:
    _, applicant = await verified(firm)
    body = sumsub_body(applicant)

    answers = await asyncio.gather(*(post_sumsub(firm, body) for _ in range(100)))

    assert sorted({answer.json()["outcome"] for answer in answers}) == ["duplicate", "stored"]
    assert [answer.json()["outcome"] for answer in answers].count("stored") == 1


async def test_an_event_about_nobody_is_kept_and_matched_when_its_verification_becomes_known(firm: Firm) -> None:
    applicant = await firm.applicant("passport")
    await post_sumsub(firm, sumsub_body(applicant))
    async with firm.deps.database.reading() as connection:
        query = select(InboundEvent.status, InboundEvent.customer_id).where(InboundEvent.subject == applicant)
        before = (await connection.execute(query)).one()

    customer = await firm.customer()
    given = {"customerId": customer, "source": {"sumsub": {"applicantId": applicant}}, "processes": ["PROFILE"]}
    await firm.finished((await firm.create_ingestion(given))["ingestion"]["id"])
    (after,) = await events_about(firm, applicant)

    assert (before.status, before.customer_id) == ("UNMATCHED", None)
    assert after["customer"]["id"] == customer


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b"\xff\xfe", b'{"type": 7}', b'{"type": "applicantOfTomorrow"}', b"null"]
)
async def test_what_is_not_understood_is_kept_and_answered_200(embedded: Firm, body: bytes) -> None:
    answer = await post_sumsub(embedded, body)

    assert answer.status_code == 200


async def test_an_unknown_type_becomes_drift_with_an_event(firm: Firm) -> None:
    _, applicant = await verified(firm)
    await post_sumsub(firm, sumsub_body(applicant, f"applicantOf{applicant[:6]}"))

    found = await firm.data("{ providerDrifts(first: 100, kinds: [EVENT_TYPE]) { nodes { id provider kind place word seen } } }")
    events = await firm.data(
        'query { events(last: 50, filter: {types: ["provider.drift_detected"]}) { nodes { data customer { id } } } }'
    )

    (word,) = [node for node in found["providerDrifts"]["nodes"] if node["word"] == f"applicantOf{applicant[:6]}"]
    assert (word["provider"], word["place"], word["seen"]) == ("SUMSUB", "type", 1)
    assert word["id"] in [event["data"]["driftId"] for event in events["events"]["nodes"]]


async def test_unknown_words_move_nothing_and_the_last_sure_state_stays(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    word = f"frozenBy{applicant[:6]}"

    await post_sumsub(firm, await decide(firm, applicant, reviewStatus=word))
    found = await until(firm, customer, lambda seen: seen["verification"]["reviewStatus"] == word)

    assert (found["kycStatus"], found["verification"]["stage"], found["verification"]["reviewAnswer"]) == (
        "VERIFIED",
        "APPROVED",
        "GREEN",
    )
    drifts = (await firm.data("{ providerDrifts(kinds: [STATUS], first: 100) { nodes { word } } }"))["providerDrifts"]["nodes"]
    assert word in [node["word"] for node in drifts]


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3 * 1024 * 1024])
async def test_more_than_a_megabyte_is_refused(embedded: Firm, size: int) -> None:
    async def pieces() -> Any:
        for _ in range(size // 65536 + 1):
            yield b"x" * 65536

    announced = await embedded.http.post("/webhooks/sumsub", content=b"x" * size)
    streamed = await embedded.http.post("/webhooks/sumsub", content=pieces())

    assert (announced.status_code, streamed.status_code) == (413, 413)


async def test_an_unknown_vendor_and_other_methods_are_refused(embedded: Firm) -> None:
    assert (await embedded.http.post("/webhooks/nobody", content=b"{}")).status_code == 404
    assert (await embedded.http.get("/webhooks/sumsub")).status_code == 405


async def test_a_deactivated_profile_and_changed_data_are_told(firm: Firm) -> None:
    customer, _ = await verified(firm)
    await firm.act("setApplicantPresence", customerId=customer, active=False)

    found = await until(firm, customer, lambda seen: seen["verification"]["active"] is False)

    assert "verification.presence_changed" in [event["type"] for event in found["events"]["nodes"]]
    assert found["kycStatus"] == "VERIFIED"


async def test_data_that_the_vendor_no_longer_has_are_told_once_and_decide_nothing(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    await firm.http.delete(f"{firm.twin_url}/_twin/applicants/{applicant}")

    for _ in range(3):
        await post_sumsub(firm, sumsub_body(applicant, "applicantPersonalDataDeleted"))
    found = await until(firm, customer, lambda seen: seen["verification"]["missingSince"] is not None)
    await events_about(firm, applicant, count=3)

    assert [event["type"] for event in found["events"]["nodes"]].count("verification.missing") == 1
    assert found["kycStatus"] == "VERIFIED"


# Veriff


async def verified_at_veriff(firm: Firm, integration: str = "default") -> tuple[str, str]:
    customer = await firm.customer()
    session = await firm.session("passport" if integration == "default" else "proof-of-address", integration)
    given = {"customerId": customer, "source": {"veriff": {"sessions": [{"sessionId": session, "integration": integration}]}}}
    await firm.finished((await firm.create_ingestion(given))["ingestion"]["id"])
    return customer, session


@pytest.mark.parametrize("integration", ["default", "poa"])
async def test_veriff_takes_an_approval_back(firm: Firm, integration: str) -> None:
    customer, session = await verified_at_veriff(firm, integration)
    before = len(await sent(firm, "veriff"))
    await firm.twin(
        "veriff", f"sessions/{session}/decision", status="declined", decision={"reasonCode": 106, "reason": "Known fraud"}
    )
    (webhook,) = await sent(firm, "veriff", after=before)

    answer = await firm.http.post("/webhooks/veriff", content=webhook["body"], headers=webhook["headers"])
    found = await until(firm, customer, lambda seen: seen["kycStatus"] == "FAILED")

    assert answer.status_code == 200
    verification = found["verification"]
    assert (verification["provider"], verification["reviewStatus"], verification["rejectType"]) == ("VERIFF", "declined", "FINAL")
    assert verification["rejectReasons"] == [{"code": "106", "meaning": "Known for fraud."}]
    assert (verification["customerComment"], verification["internalComment"]) == (None, "Known fraud")
    assert "verification.reversed" in [event["type"] for event in found["events"]["nodes"]]


@pytest.mark.parametrize("families", [("x",), ("vrf",), ("x", "vrf")])
async def test_both_of_veriffs_schemes_are_accepted(embedded: Firm, families: tuple[str, ...]) -> None:
    body = orjson.dumps({"id": f"s-{families}", "attemptId": "a", "feature": "selfid", "code": 7001, "action": "started"})

    answer = await embedded.http.post("/webhooks/veriff", content=body, headers=veriff_headers(embedded, body, families=families))

    assert answer.status_code == 200


async def test_veriffs_forgeries_are_refused(embedded: Firm) -> None:
    body = orjson.dumps({"id": "s", "attemptId": "a", "code": 7001, "action": "started"})
    good, of_poa = veriff_headers(embedded, body), veriff_headers(embedded, body, "poa")
    forgeries = [
        {},
        {"x-auth-client": good["x-auth-client"]},
        {**good, "x-hmac-signature": "0" * 64},
        {**good, "vrf-hmac-signature": of_poa["vrf-hmac-signature"]},
        {"x-auth-client": of_poa["x-auth-client"], "x-hmac-signature": good["x-hmac-signature"]},
        {"x-auth-client": "unknown", "x-hmac-signature": good["x-hmac-signature"]},
        {
            "x-auth-client": good["x-auth-client"],
            "vrf-auth-client": of_poa["x-auth-client"],
            "x-hmac-signature": good["x-hmac-signature"],
        },
        {"x-signature": good["x-hmac-signature"], "x-auth-client": good["x-auth-client"]},
    ]

    answers = [await embedded.http.post("/webhooks/veriff", content=body, headers=headers) for headers in forgeries]

    assert [answer.status_code for answer in answers] == [401] * len(forgeries)


async def test_every_kind_of_veriffs_webhooks_is_read(embedded: Firm) -> None:
    customer, session = await verified_at_veriff(embedded)
    before = len(await sent(embedded, "veriff"))
    await embedded.twin("veriff", f"sessions/{session}/watchlist", matchStatus="possible_match", totalHits=1)
    await embedded.twin("veriff", f"sessions/{session}/status", status="checked", statusCode=1)
    await embedded.twin("veriff", f"sessions/{session}/decision", status="approved")
    for webhook in await sent(embedded, "veriff", after=before):
        answer = await embedded.http.post("/webhooks/veriff", content=webhook["body"], headers=webhook["headers"])
        assert answer.status_code == 200

    events = await events_about(embedded, session, count=4)

    assert {event["type"] for event in events} == {
        "watchlist.initial_result",
        "watchlist.updated_result",
        "user-status.created",
        "decision.approved",
    }
    assert {event["customer"]["id"] for event in events} == {customer}
