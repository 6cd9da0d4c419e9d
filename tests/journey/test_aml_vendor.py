"""The vendors' own screening as one of the screeners: of ingested customers, of refused ones, and when it changes its mind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.journey.test_aml import done, firm_of, read, status, until
from tests.make import servers
from tests.make.firm import Firm, Subscription

RESOLVE = """mutation($input: ResolveAmlInput!) { done: resolveAml(input: $input) { customer { status } userErrors { code message field hint } } }"""
REFERENCE = "query($id: ID!) { customer(id: $id) { verification { providerReference } } }"
TOKEN = """mutation($input: CreateCustomerTokenInput!) { createCustomerToken(input: $input) { token } }"""
FOLLOW = "subscription($id: ID!) { customer(id: $id) { status kycStatus } }"


@pytest.fixture(scope="module", params=["embedded", "distributed"])
async def on_provider_notice(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: servers.PostgreSQL,
    own_redis: servers.Redis,
) -> AsyncIterator[Firm]:
    """A firm with the screeners of the default, whose twin rings."""
    folder = tmp_path_factory.mktemp("rung")
    async with firm_of(request, folder, postgresql_server, own_redis, webhooks=True) as ready:
        yield ready


async def ingested(firm: Firm) -> tuple[str, str]:
    customer = await firm.customer()
    await firm.finished(await firm.ingest(customer=customer))
    found = (await firm.data(REFERENCE, {"id": customer}))["customer"]
    return customer, found["verification"]["providerReference"]


async def aml(firm: Firm, reference: str, **case: Any) -> None:
    await firm.twin("sumsub", f"applicants/{reference}/aml", **case)


async def test_a_vendor_that_ran_no_screening_has_not_looked_until_it_has(on_provider_notice: Firm) -> None:
    customer, reference = await ingested(on_provider_notice)
    await asyncio.sleep(1.5)
    before = await read(on_provider_notice, customer)
    await aml(on_provider_notice, reference, review={"answer": "GREEN"}, hits=[])
    clear = await until(on_provider_notice, customer, status("CLEAR"))
    await aml(
        on_provider_notice, reference, review={"answer": "YELLOW"}, hits=[{"id": "h1", "name": "IRIA VALE", "types": ["pep"]}]
    )
    held = await until(on_provider_notice, customer, status("NEEDS_REVIEW"))

    assert (before["aml"]["status"], before["status"]) == ("NOT_SCREENED", "UNDER_REVIEW")
    assert {check["screener"]: check["outcome"] for check in before["aml"]["checks"]} == {"PROVIDER": "NONE"}
    assert clear["status"] == "ACTIVE"
    assert [(hit["name"], hit["topics"], hit["score"], hit["list"]) for hit in held["aml"]["hits"]] == [
        ("IRIA VALE", ["pep"], 1.0, "Sumsub AML")
    ]
    assert "aml.alert" in [event["type"] for event in held["events"]["nodes"]]


async def test_who_is_refused_for_being_listed_is_for_compliance_to_see(on_provider_notice: Firm) -> None:
    customer = await on_provider_notice.customer()
    await on_provider_notice.start(customer)
    found = (await on_provider_notice.data(REFERENCE, {"id": customer}))["customer"]
    verdict = {"reviewAnswer": "RED", "reviewRejectType": "FINAL", "rejectLabels": ["SANCTIONS"]}
    await on_provider_notice.twin("sumsub", f"applicants/{found['verification']['providerReference']}/review", reviewResult=verdict)
    held = await until(on_provider_notice, customer, status("NEEDS_REVIEW"))
    other = await on_provider_notice.customer()
    await on_provider_notice.start(other)
    found = (await on_provider_notice.data(REFERENCE, {"id": other}))["customer"]
    forged = {**verdict, "rejectLabels": ["FORGERY"]}
    await on_provider_notice.twin("sumsub", f"applicants/{found['verification']['providerReference']}/review", reviewResult=forged)
    failed = await until(on_provider_notice, other, lambda seen: seen["kycStatus"] == "FAILED")

    assert (held["kycStatus"], held["status"]) == ("FAILED", "REJECTED")
    assert [(hit["name"], hit["topics"]) for hit in held["aml"]["hits"]] == [("SANCTIONS", ["sanctions"])]
    assert failed["aml"]["status"] == "NOT_SCREENED"
    refused = await done(
        on_provider_notice, RESOLVE, expect=["HITS_UNREVIEWED"], customerId=customer, decision="REJECTED", comment="x"
    )
    assert refused["customer"] is None


async def test_veriffs_watch_lists_are_asked_and_asked_again(on_provider_notice: Firm) -> None:
    session = await on_provider_notice.session("passport")
    await on_provider_notice.twin("veriff", f"sessions/{session}/watchlist", matchStatus="no_match", hits=[])
    customer = await on_provider_notice.customer()
    payload = await on_provider_notice.create_ingestion(
        {"customerId": customer, "source": {"veriff": {"sessions": [{"sessionId": session}]}}}
    )
    await on_provider_notice.finished(payload["ingestion"]["id"])
    clear = await until(on_provider_notice, customer, status("CLEAR"))

    assert clear["status"] == "ACTIVE"


async def test_a_customers_own_token_does_not_learn_that_anything_has_moved(on_provider_notice: Firm) -> None:
    customer, reference = await ingested(on_provider_notice)
    own = (await on_provider_notice.data(TOKEN, {"input": {"customerId": customer}}, who="service"))["createCustomerToken"]["token"]
    address = on_provider_notice.url.replace("http", "ws") + "/graphql"
    refused = await on_provider_notice.ask("query($id: ID!) { customer(id: $id) { aml { status } } }", {"id": customer}, who=own)
    async with Subscription(address, own, FOLLOW, {"id": customer}) as following:
        told = following.payloads()
        first = await anext(told)
        await aml(on_provider_notice, reference)
        await until(on_provider_notice, customer, status("IN_PROGRESS"))
        await aml(on_provider_notice, reference, review={"answer": "RED"}, hits=[{"id": "h", "name": "X"}])
        await until(on_provider_notice, customer, status("NEEDS_REVIEW"))
        with pytest.raises(TimeoutError):
            await following.message(1.5)

    assert first["customer"] == {"status": "UNDER_REVIEW", "kycStatus": "VERIFIED"}
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
