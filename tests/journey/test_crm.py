"""The stages that a CRM lives on, walked row by row through the API: what each means, and what to do next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.customer import AmlDecision, AmlStatus, KycStatus, Standing
from tests.api.test_lifecycle import placed
from tests.make import servers
from tests.make.firm import Firm
from tests.make.person import whole

READ = """query($id: ID!) { customer(id: $id) { status kycStatus aml { status screenedAt } nextAction { code message customerMessage }
    requiredInformation { message } verification { link providerReference stage customerComment } events(first: 100) { nodes { type data } } } }"""
OPEN = """mutation($id: ID!, $yes: Boolean!) { openVerification(input: {customerId: $id, accepted: $yes}) { url customer { kycStatus }
    userErrors { code } } }"""
RETRY = {
    "reviewAnswer": "RED",
    "reviewRejectType": "RETRY",
    "rejectLabels": ["EXPIRATION_DATE"],
    "moderationComment": "Your id has expired.",
}
FINAL = {"reviewAnswer": "RED", "reviewRejectType": "FINAL", "rejectLabels": ["FORGERY"]}


@pytest.fixture(scope="module", params=["embedded", "distributed"])
async def crm(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: servers.PostgreSQL,
    own_redis: servers.Redis,
) -> AsyncIterator[Firm]:
    """A firm whose twin rings by itself."""
    folder: Path = tmp_path_factory.mktemp("crm")
    if request.param == "embedded":
        made = Firm.embedded(folder, webhooks=True)
    else:
        made = Firm.distributed(folder, postgresql_server.database(), own_redis.database(), webhooks=True)
    async with made as ready:
        yield ready


async def read(firm: Firm, customer: str) -> dict[str, Any]:
    return (await firm.data(READ, {"id": customer}))["customer"]  # type: ignore[no-any-return]


async def until(firm: Firm, customer: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(400):
        found = await read(firm, customer)
        if holds(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def given(firm: Firm, customer: str) -> None:
    """The customer goes through the vendor's flow."""
    link = (await firm.data(OPEN, {"id": customer, "yes": True}, who="service"))["openVerification"]["url"]
    assert (await firm.http.post(link, follow_redirects=True)).status_code == 200


def row(found: dict[str, Any]) -> tuple[str, str, str, str]:
    return found["kycStatus"], found["aml"]["status"], found["status"], found["nextAction"]["code"]


async def test_not_started_pending_in_progress_verified_clear(crm: Firm) -> None:
    customer = await crm.customer()
    created = await read(crm, customer)
    await crm.start(customer)
    pending = await read(crm, customer)
    refused = (await crm.data(OPEN, {"id": customer, "yes": False}, who="service"))["openVerification"]
    opened = (await crm.data(OPEN, {"id": customer, "yes": True}, who="service"))["openVerification"]
    in_progress = await read(crm, customer)
    await given(crm, customer)
    cleared = await until(crm, customer, lambda found: found["aml"]["status"] == "CLEAR")

    assert row(created) == ("NOT_STARTED", "NOT_SCREENED", "CREATED", "START_VERIFICATION")
    assert row(pending) == ("PENDING", "NOT_SCREENED", "UNDER_REVIEW", "OPEN_VERIFICATION_LINK")
    assert [error["code"] for error in refused["userErrors"]] == ["NOT_ACCEPTED"]
    assert opened["url"] == pending["verification"]["link"]
    assert row(in_progress) == ("IN_PROGRESS", "NOT_SCREENED", "UNDER_REVIEW", "WAIT")
    assert row(cleared) == ("VERIFIED", "CLEAR", "ACTIVE", "ONBOARD")
    assert cleared["aml"]["screenedAt"]
    kinds = [event["type"] for event in cleared["events"]["nodes"]]
    assert kinds.count("aml.status_changed") == 2
    assert kinds.index("verification.opened") < kinds.index("aml.status_changed")


async def test_verified_with_hits_is_held_and_hits_that_turn_up_later_are_too(crm: Firm) -> None:
    held, later = await crm.customer(), await crm.customer()
    for customer in (held, later):
        await crm.start(customer)
    reference = (await read(crm, held))["verification"]["providerReference"]
    await crm.twin("sumsub", f"applicants/{reference}/aml", review={"answer": "YELLOW"}, hits=[{"id": "h1", "name": "X"}])
    for customer in (held, later):
        await given(crm, customer)
    found = await until(crm, held, lambda seen: seen["aml"]["status"] == "NEEDS_REVIEW")
    await until(crm, later, lambda seen: seen["status"] == "ACTIVE")
    reference = (await read(crm, later))["verification"]["providerReference"]
    await crm.twin("sumsub", f"applicants/{reference}/aml", review={"answer": "RED"}, hits=[{"id": "h2"}])
    turned = await until(crm, later, lambda seen: seen["aml"]["status"] == "NEEDS_REVIEW")

    assert row(found) == ("VERIFIED", "NEEDS_REVIEW", "UNDER_REVIEW", "HOLD_FOR_AML_REVIEW")
    assert row(turned) == ("VERIFIED", "NEEDS_REVIEW", "UNDER_REVIEW", "HOLD_FOR_AML_REVIEW")


async def test_no_screening_and_one_that_fails_are_never_clear(crm: Firm) -> None:
    none, failing, open_ = [await crm.customer() for _ in range(3)]
    references = {}
    for customer in (none, failing, open_):
        await crm.start(customer)
        references[customer] = (await read(crm, customer))["verification"]["providerReference"]
    await crm.twin("sumsub", "faults", operation="aml-case", subject=references[none], faults=["404"] * 20)
    await crm.twin("sumsub", "faults", operation="aml-case", subject=references[failing], faults=["500", "not_json", "403"] * 20)
    await crm.twin("sumsub", f"applicants/{references[open_]}/aml")
    for customer in (none, failing, open_):
        await given(crm, customer)
    found = [await until(crm, customer, lambda seen: seen["kycStatus"] == "VERIFIED") for customer in (none, failing)]
    waiting = await until(crm, open_, lambda seen: seen["aml"]["status"] == "IN_PROGRESS")

    assert {row(each) for each in found} == {("VERIFIED", "NOT_SCREENED", "UNDER_REVIEW", "WAIT")}
    assert row(waiting) == ("VERIFIED", "IN_PROGRESS", "UNDER_REVIEW", "WAIT")


async def test_verified_and_resolved_says_to_follow_the_decision(crm: Firm) -> None:
    customer = await crm.customer()
    await placed(crm, customer, Standing(KycStatus.VERIFIED, AmlStatus.RESOLVED, AmlDecision.CLEARED))

    assert row(await read(crm, customer)) == ("VERIFIED", "RESOLVED", "ACTIVE", "CHECK_FINAL_DECISION")


async def test_awaiting_resubmission_goes_back_to_in_progress_and_then_on(crm: Firm) -> None:
    customer = await crm.customer()
    await crm.submit(customer, **whole())
    reference = (await crm.start(customer))["verification"]["providerReference"]
    await crm.twin("sumsub", f"applicants/{reference}/review", reviewResult=RETRY)
    asked = await until(crm, customer, lambda found: found["kycStatus"] == "AWAITING_RESUBMISSION")
    await crm.twin("sumsub", f"applicants/{reference}/review", reviewStatus="pending")
    again = await until(crm, customer, lambda found: found["kycStatus"] == "IN_PROGRESS")
    await crm.twin("sumsub", f"applicants/{reference}/review", reviewResult={"reviewAnswer": "GREEN"})
    done = await until(crm, customer, lambda found: found["status"] == "ACTIVE")

    assert row(asked) == ("AWAITING_RESUBMISSION", "NOT_SCREENED", "NEEDS_ADDITIONAL_INFORMATION", "RESUBMIT")
    assert [item["message"] for item in asked["requiredInformation"]] == ["Your id has expired."]
    assert row(again) == ("IN_PROGRESS", "NOT_SCREENED", "UNDER_REVIEW", "WAIT")
    assert row(done) == ("VERIFIED", "CLEAR", "ACTIVE", "ONBOARD")


async def test_failed_is_rejected_and_may_be_started_again_or_ingested(crm: Firm) -> None:
    customer, other = await crm.customer(), await crm.customer()
    for each in (customer, other):
        reference = (await crm.start(each))["verification"]["providerReference"]
        await crm.twin("sumsub", f"applicants/{reference}/review", reviewResult=FINAL)
    failed = [await until(crm, each, lambda found: found["kycStatus"] == "FAILED") for each in (customer, other)]
    again = await crm.start(customer)
    await crm.finished(await crm.ingest("passport", customer=other))
    ingested = await read(crm, other)

    assert {row(found) for found in failed} == {("FAILED", "NOT_SCREENED", "REJECTED", "DO_NOT_ONBOARD")}
    assert again["customer"]["kycStatus"] == "PENDING"
    assert ingested["kycStatus"] == "VERIFIED"


async def test_not_required_has_nothing_to_do(crm: Firm) -> None:
    customer = await crm.customer()
    query = "mutation($input: SetKycRequiredInput!) { setKycRequired(input: $input) { userErrors { code } } }"
    await crm.data(query, {"input": {"customerId": customer, "required": False, "reason": "Out of scope"}}, who="compliance")

    assert row(await read(crm, customer)) == ("NOT_REQUIRED", "NOT_SCREENED", "ACTIVE", "ONBOARD")
    await crm.start(customer, expect=["NOT_REQUIRED"])
