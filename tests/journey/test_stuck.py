"""Who does not get on is listed with why and what to do, counted in metrics, and found by command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.journey.test_sandbox import ADVANCE
from tests.journey.test_start import on_its_way, wait_for
from tests.journey.test_webhooks import decide as review
from tests.make import servers
from tests.make.firm import KEY, Firm
from tests.make.person import whole
from tests.make.process import output
from tests.make.webhook import post_sumsub

STUCK = """query($causes: [StuckCause!], $first: Int, $after: String) { stuckVerifications(causes: $causes, first: $first, after: $after) {
    nodes { cause since message nextStep api command customer { id } } edges { cursor } pageInfo { hasNextPage endCursor } } }"""
FIGURES = "{ verificationFigures { started verified failed conversion medianSecondsToVerify slowestTenthSecondsToVerify } }"
RED = {"reviewAnswer": "RED", "reviewRejectType": "RETRY", "rejectLabels": ["BAD_SELFIE"]}


async def stuck(firm: Firm, **variables: Any) -> dict[str, str]:
    found = (await firm.data(STUCK, {"first": 100, **variables}))["stuckVerifications"]
    return {node["customer"]["id"]: node["cause"] for node in found["nodes"]}


@pytest.mark.parametrize("kind", ["embedded", "distributed"])
async def test_each_way_of_being_stuck_is_named_with_the_next_step(
    tmp_path: Path, kind: str, postgresql_server: servers.PostgreSQL, own_redis: servers.Redis
) -> None:
    made = (
        Firm.embedded(tmp_path)
        if kind == "embedded"
        else Firm.distributed(tmp_path, postgresql_server.database(), own_redis.database())
    )
    async with made as firm:
        submitted, pending, again, slow, lost, done = [await firm.customer() for _ in range(6)]
        await firm.submit(submitted, **whole())
        references = {}
        for customer in (pending, again, slow, done):
            references[customer] = (await firm.start(customer))["verification"]["providerReference"]
        await post_sumsub(firm, await review(firm, references[again], reviewResult=RED))
        await post_sumsub(firm, await review(firm, references[slow], reviewStatus="onHold"))
        await post_sumsub(firm, await review(firm, references[done], reviewResult={"reviewAnswer": "GREEN"}))
        await firm.twin("veriff", "faults", operation="create-session", faults=["cut_after"])
        await firm.start(lost, provider="VERIFF")
        await wait_for(firm, lost, "UNCERTAIN")
        await on_its_way(firm, done, lambda found: found["status"] == "ACTIVE")
        await on_its_way(firm, again, lambda found: found["kycStatus"] == "AWAITING_RESUBMISSION")
        await on_its_way(firm, slow, lambda found: found["verification"]["stage"] == "IN_PROGRESS")

        at_first = await stuck(firm)
        await firm.data(ADVANCE, {"by": "4d"}, who="service")
        later = await stuck(firm)
        some = await stuck(firm, causes=["NOBODY_STARTS"])
        pages: list[str] = []
        after = None
        while True:
            page = (await firm.data(STUCK, {"first": 2, "after": after}))["stuckVerifications"]
            pages += [node["customer"]["id"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        whole_list = (await firm.data(STUCK, {"first": 100}))["stuckVerifications"]["nodes"]
        metrics = (await firm.http.get("/metrics")).text
        figures = (await firm.data(FIGURES))["verificationFigures"]
        environment = {
            "GATEHOUSE_DATABASE_URL": firm.settings.database_url,
            "GATEHOUSE_SECRET_KEYS": KEY,
            "GATEHOUSE_BLOB_URL": "file:///tmp",
        }
        listed = output(["stuck", "--json"], environment)

    assert at_first == {lost: "START_UNCERTAIN"}
    assert later == {
        submitted: "NOBODY_STARTS",
        pending: "CUSTOMER_DOES_NOT_OPEN",
        again: "CUSTOMER_DOES_NOT_RESUBMIT",
        slow: "VENDOR_DOES_NOT_DECIDE",
        lost: "START_UNCERTAIN",
    }
    assert some == {submitted: "NOBODY_STARTS"}
    assert pages == [node["customer"]["id"] for node in whole_list]
    assert len(set(pages)) == 5
    assert all(node["message"] and node["nextStep"] and node["api"] and node["command"] for node in whole_list)
    assert 'gatehouse_stuck_verifications{cause="nobody_starts"} 1.0' in metrics
    assert 'gatehouse_verifications_30d{outcome="started"} 4.0' in metrics
    assert (figures["started"], figures["verified"], figures["failed"], figures["conversion"]) == (4, 1, 0, 0.25)
    assert figures["medianSecondsToVerify"] >= 0
    assert listed.returncode == 0, listed.stderr
    assert {entry["customerId"] for entry in json.loads(listed.stdout)} == set(later)
