"""The vendor changes its mind while gateways and workers are killed at random: in the end every customer stands where it says."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journey.test_crash import CREATE_CUSTOMER, CREATE_INGESTION, Plant, planted
from tests.journey.test_shuffle import EXPECTED, VERDICTS
from tests.make.process import output

CUSTOMERS, ROUNDS = 40, 4
READ = "query($after: String) { customers(first: 100, after: $after) { nodes { id kycStatus verification { stage } } } }"
MOVES = """query($after: String) { events(first: 100, after: $after, filter: {types: ["customer.kyc_status_changed"]}) {
    nodes { data } pageInfo { hasNextPage endCursor } } }"""


async def population(plant: Plant) -> dict[str, str]:
    """Customers by the applicant they were verified with."""
    async with httpx.AsyncClient(timeout=30) as http:
        made = await http.post(f"{plant.twin_url}/_twin/applicants", json={"scenario": "passport", "count": CUSTOMERS})
    owners = {}
    for index, applicant in enumerate(made.json()["applicantIds"]):
        person = {"email": f"p{index}@example.com", "firstName": "P", "idempotencyKey": f"p{index}"}
        owners[applicant] = (await plant.ask(CREATE_CUSTOMER, {"input": person}))["createCustomer"]["customer"]["id"]
        given = {
            "customerId": owners[applicant],
            "source": {"sumsub": {"applicantId": applicant}},
            "processes": ["PROFILE"],
            "idempotencyKey": f"i{index}",
        }
        await plant.ask(CREATE_INGESTION, {"input": given})
    await plant.settled()
    return owners


async def deliver(plant: Plant, item: dict[str, Any]) -> None:
    """As the vendor does: again and again until it is taken."""
    async with httpx.AsyncClient(timeout=5) as http:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await http.post(f"{plant.url}/webhooks/sumsub", content=item["body"], headers=item["headers"])
                if answer.status_code == 200:
                    return
            await asyncio.sleep(0.1)


async def changes_of_mind(plant: Plant, owners: dict[str, str]) -> dict[str, str]:
    """Several verdicts for everybody, each told by a webhook that may be lost or come twice; what the vendor says last."""
    final: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=plant.twin_url, timeout=30) as http:
        for _ in range(ROUNDS):
            before = len((await http.get("/_twin/webhooks")).json())
            reviews = {applicant: plant.random.choice(VERDICTS) for applicant in owners}
            await http.post("/_twin/reviews", json={"reviews": reviews})
            for applicant, verdict in reviews.items():
                final[applicant] = verdict["reviewResult"].get("reviewRejectType", verdict["reviewResult"]["reviewAnswer"])
            told = (await http.get("/_twin/webhooks", params={"after": before})).json()
            kept = [item for item in told for _ in range(plant.random.choice((0, 1, 1, 2)))]
            plant.random.shuffle(kept)
            await asyncio.gather(*(deliver(plant, item) for item in kept))
    return final


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["embedded", "distributed"])
async def test_every_customer_ends_where_the_vendor_says_through_crashes(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    stay = json.dumps(dict.fromkeys(("CREATED", "IN_PROGRESS", "APPROVED", "RESUBMISSION_REQUESTED", "DECLINED"), 4))
    plant = planted(kind, request, tmp_path, GATEHOUSE_EXPECTED_STAY_SECONDS=stay)
    try:
        plant.start()
        owners = await population(plant)
        torment = asyncio.create_task(plant.torment())
        final = await changes_of_mind(plant, owners)
        wanted = {owners[applicant]: EXPECTED[verdict] for applicant, verdict in final.items()}
        found: dict[str, str] = {}
        async with asyncio.timeout(90):
            while found != wanted:
                await asyncio.sleep(0.3)
                found = {item["id"]: item["kycStatus"] for item in (await plant.ask(READ, {}))["customers"]["nodes"]}
        torment.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await torment
        await each_status_was_entered_from_the_one_before(plant)
        checked = output(["db", "check"], plant.environment)
        assert checked.returncode == 0, checked.stdout
    finally:
        plant.stop()


async def each_status_was_entered_from_the_one_before(plant: Plant) -> None:
    stands: dict[str, str] = {}
    after = None
    while True:
        page = (await plant.ask(MOVES, {"after": after}))["events"]
        for event in page["nodes"]:
            data = event["data"]
            assert stands.get(data["customerId"], "NOT_STARTED") == data["oldStatus"]
            stands[data["customerId"]] = data["newStatus"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
