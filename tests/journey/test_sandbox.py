"""The sandbox: test addresses that behave as the guide says, and a clock that can be moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.make import servers
from tests.make.firm import Firm
from tests.make.person import passport, whole
from tests.make.process import output

READ = """query($id: ID!) { customer(id: $id) { status kycStatus aml { status } nextAction { code } requiredInformation { field message }
    verification { startedBy } changes { kind } events(first: 100) { nodes { type data } } } }"""
ADVANCE = """mutation($by: String!) { advanceSandboxClock(input: {by: $by}) { now userErrors { code } } }"""


async def read(firm: Firm, customer: str) -> dict[str, Any]:
    return (await firm.data(READ, {"id": customer}))["customer"]  # type: ignore[no-any-return]


async def until(firm: Firm, customer: str, status: str, seconds: float = 20) -> dict[str, Any]:
    for _ in range(int(seconds / 0.05)):
        found = await read(firm, customer)
        if found["status"] == status:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


def path(found: dict[str, Any]) -> list[str]:
    """The statuses a customer went through, by its events."""
    told = [event["data"] for event in found["events"]["nodes"] if event["type"] == "customer.state_changed"]
    return ["CREATED", *[data["newStatus"] for data in told]]


@pytest.fixture(params=["embedded", "distributed"])
async def sandbox(
    request: pytest.FixtureRequest, tmp_path: Path, postgresql_server: servers.PostgreSQL, own_redis: servers.Redis
) -> AsyncIterator[Firm]:
    """A firm of its own: its clock is moved."""
    more = {"webhooks": True, "sandbox_decision_seconds": 0.3}
    if request.param == "embedded":
        made = Firm.embedded(tmp_path, **more)
    else:
        made = Firm.distributed(tmp_path, postgresql_server.database(), own_redis.database(), **more)
    async with made as ready:
        yield ready


async def test_scenario_1_success(sandbox: Firm) -> None:
    customer = await sandbox.customer(email="test-success@example.com")

    await sandbox.submit(customer, **whole())
    found = await until(sandbox, customer, "ACTIVE")

    assert path(found) == ["CREATED", "UNDER_REVIEW", "ACTIVE"]
    assert (found["kycStatus"], found["aml"]["status"], found["nextAction"]["code"]) == ("VERIFIED", "CLEAR", "ONBOARD")
    assert found["verification"]["startedBy"] == "sandbox operator"


async def test_scenario_2_request_for_information_by_incomplete_data(sandbox: Firm) -> None:
    customer = await sandbox.customer(email="test-rfi@example.com")

    first = await sandbox.submit(customer, legalFirstName="Test", legalLastName="RFI", phoneNumber="+14155551234")
    await sandbox.submit(customer, **whole())
    found = await until(sandbox, customer, "ACTIVE")

    assert first["status"] == "NEEDS_ADDITIONAL_INFORMATION"
    assert path(found) == ["CREATED", "NEEDS_ADDITIONAL_INFORMATION", "UNDER_REVIEW", "ACTIVE"]


async def test_scenario_2_request_for_information_by_the_vendor(sandbox: Firm) -> None:
    customer = await sandbox.customer(email="test-rfi@example.com")

    await sandbox.submit(customer, **whole())
    asked = await until(sandbox, customer, "NEEDS_ADDITIONAL_INFORMATION")
    await sandbox.submit(customer, documents=[passport(number="P7654321")])
    found = await until(sandbox, customer, "ACTIVE")

    assert [item["message"] for item in asked["requiredInformation"]] == ["Please send a clearer picture of your document."]
    assert path(found)[:3] == ["CREATED", "UNDER_REVIEW", "NEEDS_ADDITIONAL_INFORMATION"]


async def test_scenario_3_rejected(sandbox: Firm) -> None:
    customer = await sandbox.customer(email="test-rejected@example.com")

    await sandbox.submit(customer, **whole())
    found = await until(sandbox, customer, "REJECTED")

    assert path(found) == ["CREATED", "UNDER_REVIEW", "REJECTED"]
    assert (found["kycStatus"], found["nextAction"]["code"]) == ("FAILED", "DO_NOT_ONBOARD")


async def test_a_long_processing_is_walked_through_in_seconds(sandbox: Firm) -> None:
    customer = await sandbox.customer(email="test-delay@example.com")
    await sandbox.submit(customer, **whole())
    for _ in range(200):
        if (await read(sandbox, customer))["kycStatus"] == "PENDING":
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.5)
    waiting = await read(sandbox, customer)

    bad = (await sandbox.data(ADVANCE, {"by": "soon"}, who="service"))["advanceSandboxClock"]
    moved = (await sandbox.data(ADVANCE, {"by": "5m"}, who="service"))["advanceSandboxClock"]
    found = await until(sandbox, customer, "ACTIVE")

    assert waiting["status"] == "UNDER_REVIEW"
    assert [error["code"] for error in bad["userErrors"]] == ["INVALID_DURATION"]
    assert moved["userErrors"] == []
    assert path(found) == ["CREATED", "UNDER_REVIEW", "ACTIVE"]


async def test_what_expires_and_what_is_retried_follows_the_moved_clock(sandbox: Firm) -> None:
    """Retries of an ingestion end, links and uploads expire, and everything else goes on working."""
    customer = await sandbox.customer()
    await sandbox.twin("sumsub", "faults", operation="review-status", faults=["500"] * 400)
    source = {"sumsub": {"applicantId": await sandbox.applicant("passport")}}
    queued = await sandbox.create_ingestion({"customerId": customer, "source": source, "processes": ["PROFILE"]})
    link = (await sandbox.data("query($id: ID!) { customer(id: $id) { verificationLink } }", {"id": customer}))["customer"][
        "verificationLink"
    ]
    await asyncio.sleep(1)

    await sandbox.data(ADVANCE, {"by": "18h"}, who="service")
    finished = await sandbox.finished(queued["ingestion"]["id"])
    await sandbox.data(ADVANCE, {"by": "61d"}, who="service")
    gone = await sandbox.http.post(f"{link}/session")
    still = await sandbox.customer()

    assert finished["results"][0]["error"]["code"] == "sumsub_client_error"
    assert gone.status_code == 404
    assert (await read(sandbox, still))["status"] == "CREATED"


async def test_everybody_else_needs_a_real_person_in_the_sandbox_too(sandbox: Firm) -> None:
    customer = await sandbox.customer(email="somebody@example.com")

    await sandbox.submit(customer, **whole())
    await asyncio.sleep(2)

    assert (await read(sandbox, customer))["kycStatus"] == "NOT_STARTED"


async def test_veriffs_twin_decides_about_test_addresses_by_itself(tmp_path: Path) -> None:
    from dataclasses import replace

    from providers.veriff import twin
    from tests.make.firm import INTEGRATIONS

    options = twin.Options(INTEGRATIONS, seed=1, calls_per_5s=100_000, decision_seconds=0.2, webhook_pace=0.001)
    made = Firm.embedded(tmp_path, veriff=options, sumsub_app_token=None, sumsub_secret_key=None, sumsub_webhook_secret=None)
    made.veriff = replace(options, webhook_url=f"{made.url}/webhooks/veriff")
    async with made as firm:
        good, bad = [await firm.customer(email=f"test-{name}@example.com") for name in ("success", "rejected")]
        for customer in (good, bad):
            await firm.submit(customer, **whole())

        assert (await until(firm, bad, "REJECTED"))["kycStatus"] == "FAILED"
        for _ in range(200):
            found = await read(firm, good)
            if found["kycStatus"] == "VERIFIED":
                break
            await asyncio.sleep(0.05)
        assert found["kycStatus"] == "VERIFIED"


def test_the_command_moves_the_clock_and_there_is_none_in_production(tmp_path: Path) -> None:
    here = {"GATEHOUSE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/g.db"}
    production = {
        **here,
        "GATEHOUSE_ENVIRONMENT": "production",
        "GATEHOUSE_SECRET_KEYS": "A" * 43 + "=",
        "GATEHOUSE_PUBLIC_URL": "https://kyc.example.com",
    }

    first = output(["sandbox", "advance", "18h"], here)
    second = output(["sandbox", "advance", "6h"], here)
    wrong = output(["sandbox", "advance", "tomorrow"], here)
    refused = output(["sandbox", "advance", "1h"], production)

    assert (first.returncode, second.returncode, wrong.returncode, refused.returncode) == (0, 0, 2, 1)
    assert second.stdout > first.stdout
    assert "in the sandbox only" in refused.stderr
