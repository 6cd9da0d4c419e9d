"""Ten thousand events about five hundred customers, doubled, out of order, lost and forged, while the vendor changes its mind."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text

from app.domain.customer import KycStatus
from app.model.customer import Customer
from app.model.event import Event
from app.model.inbound import InboundEvent
from app.service import consistency
from tests.make import servers
from tests.make.firm import Firm
from tests.make.webhook import post_sumsub, sent, sumsub_body, sumsub_headers

CUSTOMERS, EVENTS = 500, 10_000
GREEN = {"reviewAnswer": "GREEN"}
RETRY = {"reviewAnswer": "RED", "reviewRejectType": "RETRY", "rejectLabels": ["LOW_QUALITY"]}
FINAL = {"reviewAnswer": "RED", "reviewRejectType": "FINAL", "rejectLabels": ["FORGERY"]}
VERDICTS: tuple[dict[str, Any], ...] = (
    {"reviewStatus": "completed", "reviewResult": GREEN},
    {"reviewStatus": "completed", "reviewResult": RETRY},
    {"reviewStatus": "completed", "reviewResult": FINAL},
)
EXPECTED = {
    "GREEN": KycStatus.VERIFIED,
    "RETRY": KycStatus.AWAITING_RESUBMISSION,
    "FINAL": KycStatus.FAILED,
}


async def population(firm: Firm) -> dict[str, str]:
    """Customers by the applicant they were verified with, ingested like any."""
    made = await firm.twin("sumsub", "applicants", scenario="passport", count=CUSTOMERS)
    owners: dict[str, str] = {}
    ingestions = []
    for start in range(0, CUSTOMERS, 25):
        batch = made["applicantIds"][start : start + 25]
        customers = await asyncio.gather(*(firm.customer() for _ in batch))
        owners |= dict(zip(batch, customers, strict=True))
        ingestions += await asyncio.gather(
            *(
                firm.create_ingestion(
                    {"customerId": owners[applicant], "source": {"sumsub": {"applicantId": applicant}}, "processes": ["PROFILE"]}
                )
                for applicant in batch
            )
        )
    for payload in ingestions:
        await firm.finished(payload["ingestion"]["id"], seconds=60)
    return owners


async def change_of_mind(firm: Firm, applicants: list[str], chance: random.Random) -> dict[str, str]:
    """Several verdicts for everybody, one after another; what the vendor says last, by applicant."""
    final: dict[str, str] = {}
    for _ in range(7):
        for start in range(0, len(applicants), 50):
            reviews = {applicant: chance.choice(VERDICTS) for applicant in applicants[start : start + 50]}
            await firm.twin("sumsub", "reviews", reviews=reviews)
            for applicant, verdict in reviews.items():
                result = verdict["reviewResult"]
                final[applicant] = result.get("reviewRejectType", result["reviewAnswer"])
            await asyncio.sleep(0.1)
    return final


def forged(firm: Firm, applicant: str) -> tuple[bytes, dict[str, str]]:
    body = sumsub_body(applicant, reviewResult=FINAL)
    return body, sumsub_headers(firm, body, secret="guessed")


async def deluge(firm: Firm, owners: dict[str, str], chance: random.Random) -> dict[str, str]:
    """The vendor changes its mind while its webhooks come in as they never should. Answers what it says in the end."""
    applicants, before = list(owners), len(await sent(firm))
    deciding = asyncio.create_task(change_of_mind(firm, applicants, chance))
    posted = 0
    waiting: list[tuple[bytes, dict[str, str]]] = []
    seen = before
    quiet = asyncio.Semaphore(32)

    async def post(body: bytes, headers: dict[str, str]) -> int:
        async with quiet:
            return (await post_sumsub(firm, body, headers)).status_code

    answers: Counter[int] = Counter()
    while posted < EVENTS:
        fresh = await sent(firm, after=seen) if not (deciding.done() and waiting) else []
        seen += len(fresh)
        for item in fresh:
            # One in ten is lost, half of the rest come twice or thrice.
            for _ in range(0 if chance.random() < 0.1 else chance.choice((1, 1, 2, 3))):
                waiting.append((str(item["body"]).encode(), item["headers"]))
        chance.shuffle(waiting)
        if deciding.done() and len(waiting) < EVENTS - posted:
            waiting += [(sumsub_body(applicant), {}) for applicant in chance.choices(applicants, k=EVENTS - posted - len(waiting))]
            waiting = [(body, headers or sumsub_headers(firm, body)) for body, headers in waiting]
        batch, waiting = waiting[:500], waiting[500:]
        batch += [forged(firm, chance.choice(applicants)) for _ in range(len(batch) // 20)]
        answers.update(await asyncio.gather(*(post(body, headers) for body, headers in batch)))
        posted += len(batch)
    assert set(answers) == {200, 401}
    assert sum(answers.values()) >= EVENTS
    return await deciding


async def settled(firm: Firm, owners: dict[str, str], final: dict[str, str]) -> dict[str, str]:
    """The customers whose status is not what the vendor says, once they are few enough or time is up."""
    wrong: dict[str, str] = {}
    for _ in range(600):
        async with firm.deps.database.reading() as connection:
            found = await connection.execute(select(Customer.id, Customer.kyc_status).where(Customer.id.in_(list(owners.values()))))
            statuses = {row.id: row.kyc_status for row in found}
        wrong = {
            applicant: statuses[customer]
            for applicant, customer in owners.items()
            if statuses[customer] != EXPECTED[final[applicant]]
        }
        if not wrong:
            return wrong
        await asyncio.sleep(0.1)
    return wrong


async def run(firm: Firm) -> None:
    chance = random.Random(20261121)
    owners = await population(firm)

    final = await deluge(firm, owners, chance)
    wrong = await settled(firm, owners, final)

    assert wrong == {}
    async with firm.deps.database.reading() as connection:
        reversals = (
            await connection.execute(select(func.count()).where(Event.type == "verification.reversed").select_from(Event))
        ).scalar_one()
        stored = (await connection.execute(select(InboundEvent.identity))).all()
        told = await connection.execute(
            select(Event.customer_id, Event.data).where(Event.type == "customer.kyc_status_changed").order_by(Event.seq)
        )
        journeys: dict[str, list[tuple[str, str]]] = {}
        for row in told:
            journeys.setdefault(row.customer_id, []).append((row.data["oldStatus"], row.data["newStatus"]))
        broken = await consistency.broken(connection)
    assert reversals > CUSTOMERS // 10
    assert len(stored) == len({row.identity for row in stored})
    for journey in journeys.values():
        # Each status was entered from the one before: nothing was skipped, repeated or told out of order.
        assert all(one[1] == other[0] for one, other in itertools.pairwise(journey))
    assert broken == {}
    await nothing_forged_was_stored(firm, owners)


async def nothing_forged_was_stored(firm: Firm, owners: dict[str, str]) -> None:
    """Every stored event opens, and none of them is one that was forged."""
    genuine = {orjson.loads(item["body"])["correlationId"] for item in await sent(firm)}
    async with firm.deps.database.reading() as connection:
        types = await connection.execute(text("SELECT count(*) FROM inbound_event WHERE status = 'UNMATCHED'"))
        assert types.scalar_one() == 0
    assert len(genuine) > CUSTOMERS


@pytest.mark.timeout(400)
async def test_final_states_are_the_vendors_embedded(tmp_path: Path) -> None:
    async with Firm.embedded(tmp_path, expected_stay_seconds=dict.fromkeys(STAGES, 20.0)) as firm:
        await run(firm)


@pytest.mark.timeout(400)
async def test_final_states_are_the_vendors_distributed(
    tmp_path: Path, postgresql_server: servers.PostgreSQL, redis_server: servers.Redis
) -> None:
    database, redis = postgresql_server.database(), redis_server.database()
    async with Firm.distributed(tmp_path, database, redis, expected_stay_seconds=dict.fromkeys(STAGES, 20.0)) as firm:
        await run(firm)


STAGES = ("CREATED", "IN_PROGRESS", "APPROVED", "RESUBMISSION_REQUESTED", "DECLINED", "EXPIRED")
