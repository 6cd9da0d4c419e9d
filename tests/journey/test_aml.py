"""Screening through the API: people on lists are held, judged and decided about; everybody else goes on by itself."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.credential import Role
from app.domain.screening import ScreenerName
from app.model.hit import AmlHit
from app.model.rescreening import Rescreening
from app.service import consistency
from tests.make import servers
from tests.make.firm import Firm
from tests.make.watch_list import brought_in, listed

READ = """query($id: ID!) { customer(id: $id) { status kycStatus nextAction { code } aml { status screenedAt decision decidedBy comment
    confirmedBy proposedDecision proposedBy hits { id name list topics score verdict comment details screener judgedBy }
    checks { screener outcome algorithm remarks versions { list version } } } events(first: 100) { nodes { type data } } } }"""
REVIEW = """mutation($input: ReviewAmlHitInput!) { done: reviewAmlHit(input: $input) { hit { id verdict comment judgedBy }
    customer { aml { status } } userErrors { code message field hint } } }"""
RESOLVE = """mutation($input: ResolveAmlInput!) { done: resolveAml(input: $input) {
    customer { status aml { status decision decidedBy comment proposedDecision } nextAction { code } } userErrors { code message field hint } } }"""
AGAIN = """mutation($input: ScreenCustomerInput!) { done: screenCustomer(input: $input) { customer { aml { status } } userErrors { code } } }"""
_numbers = itertools.count(1)


def firm_of(request: pytest.FixtureRequest, folder: Path, database: servers.PostgreSQL, redis: servers.Redis, **more: Any) -> Firm:
    if request.param == "embedded":
        return Firm.embedded(folder, **more)
    return Firm.distributed(folder, database.database(), redis.database(), **more)


@pytest.fixture(scope="module", params=["embedded", "distributed"])
async def lists(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: servers.PostgreSQL,
    own_redis: servers.Redis,
) -> AsyncIterator[Firm]:
    """A firm that looks into its own lists alone."""
    folder = tmp_path_factory.mktemp("aml")
    async with firm_of(request, folder, postgresql_server, own_redis, screeners=(ScreenerName.LISTS,)) as ready:
        ready.folder = folder  # type: ignore[attr-defined]
        yield ready


async def read(firm: Firm, customer: str, *, who: str = "compliance") -> dict[str, Any]:
    return (await firm.data(READ, {"id": customer}, who=who))["customer"]  # type: ignore[no-any-return]


async def until(firm: Firm, customer: str, holds: Callable[[dict[str, Any]], bool], *, seconds: float = 20) -> dict[str, Any]:
    for _ in range(int(seconds / 0.05)):
        found = await read(firm, customer)
        if holds(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


def status(wanted: str) -> Callable[[dict[str, Any]], bool]:
    return lambda found: found["aml"]["status"] == wanted


async def bring(firm: Firm, name: str, *people: dict[str, Any], walked: bool = True) -> None:
    """A new version of a list, and everybody looked for in it."""
    done = await brought_in(firm.deps, firm.folder, name, *people)  # type: ignore[attr-defined]
    for _ in range(400 if walked else 0):
        async with firm.deps.database.reading() as connection:
            mine = select(Rescreening.is_open).where(Rescreening.list == name, Rescreening.version == done.version)
            if not (await connection.execute(mine)).scalar_one():
                return
        await asyncio.sleep(0.05)
    assert not walked, "the re-screening did not end"


async def verified(firm: Firm, first: str, last: str | None, scenario: str = "passport") -> str:
    customer = await firm.customer(firstName=first, lastName=last)
    await firm.finished(await firm.ingest(scenario, customer=customer))
    return customer


async def done(firm: Firm, mutation: str, *, who: str = "compliance", expect: Any = (), **given: Any) -> Any:
    payload = (await firm.data(mutation, {"input": given}, who=who))["done"]
    assert [error["code"] for error in payload["userErrors"]] == list(expect), payload
    return payload


async def test_without_a_list_nobody_is_clear_and_with_the_first_one_everybody_is_looked_for(lists: Firm) -> None:
    before, wanted = await verified(lists, "Noa", "Ferrinand"), await verified(lists, "Otilo", "Brenkavar")
    await asyncio.sleep(1)
    unlisted = await read(lists, before)
    await bring(lists, "first", listed("F-1", "BRENKAVAR, Otilo"), listed("F-2", "Somebody Else"))
    clear, held = await until(lists, before, status("CLEAR")), await until(lists, wanted, status("NEEDS_REVIEW"))

    assert (unlisted["aml"]["status"], unlisted["status"]) == ("NOT_SCREENED", "UNDER_REVIEW")
    assert unlisted["aml"]["checks"] == []
    assert (clear["status"], clear["nextAction"]["code"]) == ("ACTIVE", "ONBOARD")
    assert clear["aml"]["checks"][0]["versions"][0]["list"] == "first"
    assert clear["aml"]["screenedAt"]
    assert (held["status"], held["nextAction"]["code"]) == ("UNDER_REVIEW", "HOLD_FOR_AML_REVIEW")


async def test_a_hit_is_explained_judged_and_decided_about_by_people_of_compliance(lists: Firm) -> None:
    await bring(lists, "judged", listed("J-1", "Kasimir Dolvenko", birthDate="1991"), listed("J-2", "Dolvenko Kasimir Petrov"))
    customer = await verified(lists, "Kasimir", "Dolvenko")
    held = await until(lists, customer, status("NEEDS_REVIEW"))
    one, other = held["aml"]["hits"]
    masked = await read(lists, customer, who="service")
    early = await done(lists, RESOLVE, expect=["HITS_UNREVIEWED"], customerId=customer, decision="CLEARED", comment="x")
    machine = await lists.ask(REVIEW, {"input": {"hitId": one["id"], "verdict": "FALSE_POSITIVE", "comment": "x"}}, who="reader")
    office = await lists.ask(RESOLVE, {"input": {"customerId": customer, "decision": "CLEARED", "comment": "x"}}, who="back-office")
    await done(lists, REVIEW, expect=["INVALID_VALUE"], hitId=one["id"], verdict="UNREVIEWED", comment="x")
    await done(lists, REVIEW, expect=["BLANK"], hitId=one["id"], verdict="FALSE_POSITIVE", comment=" ")
    await done(lists, REVIEW, expect=["NOT_FOUND"], hitId="hit_00000000000000000000000000", verdict="FALSE_POSITIVE", comment="x")
    await done(lists, REVIEW, hitId=one["id"], verdict="TRUE_POSITIVE", comment="Looks right")
    await done(lists, REVIEW, hitId=one["id"], verdict="FALSE_POSITIVE", comment="Another birth date")
    half = await done(lists, RESOLVE, expect=["HITS_UNREVIEWED"], customerId=customer, decision="REJECTED", comment="x")
    judged = await done(lists, REVIEW, hitId=other["id"], verdict="FALSE_POSITIVE", comment="Another person", idempotencyKey="k")
    again = await done(lists, REVIEW, hitId=other["id"], verdict="FALSE_POSITIVE", comment="Another person", idempotencyKey="k")
    resolved = await done(lists, RESOLVE, customerId=customer, decision="CLEARED", comment="Nobody of them", idempotencyKey="r")
    await done(lists, RESOLVE, customerId=customer, decision="CLEARED", comment="Nobody of them", idempotencyKey="r")
    await done(lists, RESOLVE, expect=["WRONG_STATE"], customerId=customer, decision="REJECTED", comment="x")
    await done(lists, REVIEW, expect=["WRONG_STATE"], hitId=one["id"], verdict="TRUE_POSITIVE", comment="x")
    found = await read(lists, customer)

    assert (one["list"], one["topics"], one["screener"]) == ("judged", ["sanctions"], "LISTS")
    assert one["score"] >= other["score"] >= 0.7
    assert one["details"]["explanation"]["name"]["listed"] == one["name"]
    assert {hit["name"] for hit in masked["aml"]["hits"]} == {"***"}
    assert [(hit["details"], hit["comment"]) for hit in masked["aml"]["hits"]] == [({}, None)] * 2
    assert early["userErrors"][0]["field"] == ["input", "customerId"]
    assert half["userErrors"][0]["message"] == "1 hits are not judged."
    assert machine["errors"][0]["extensions"]["code"] == "HUMAN_REQUIRED"
    assert office["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert judged["hit"] == again["hit"] == {**judged["hit"], "verdict": "FALSE_POSITIVE", "comment": "Another person"}
    assert resolved["customer"]["status"] == "ACTIVE"
    assert resolved["customer"]["aml"]["status"] == "RESOLVED"
    assert (found["aml"]["decision"], found["aml"]["comment"]) == ("CLEARED", "Nobody of them")
    assert found["aml"]["decidedBy"]
    assert found["nextAction"]["code"] == "CHECK_FINAL_DECISION"
    assert (await read(lists, customer, who="service"))["aml"]["comment"] is None
    kinds = [event["type"] for event in found["events"]["nodes"]]
    assert (kinds.count("aml.hit_found"), kinds.count("aml.hit_reviewed"), kinds.count("aml.status_changed")) == (2, 3, 3)
    for event in found["events"]["nodes"]:
        assert "Dolvenko" not in str(event["data"])


async def test_what_was_judged_stays_judged_until_the_list_says_something_else(lists: Firm) -> None:
    entry = listed("S-1", "Mirela Vantossi")
    await bring(lists, "same", entry)
    customer = await verified(lists, "Mirela", "Vantossi")
    held = await until(lists, customer, status("NEEDS_REVIEW"))
    await done(lists, REVIEW, hitId=held["aml"]["hits"][0]["id"], verdict="FALSE_POSITIVE", comment="no")
    await done(lists, RESOLVE, customerId=customer, decision="CLEARED", comment="no")
    await bring(lists, "same", entry, listed("S-2", "Somebody New"))
    same = await read(lists, customer)
    await bring(lists, "same", listed("S-1", "Mirela Vantossi", birthDate="1991-07-23"))
    changed = await until(lists, customer, status("NEEDS_REVIEW"))

    assert (same["aml"]["status"], same["status"], same["aml"]["decision"]) == ("RESOLVED", "ACTIVE", "CLEARED")
    assert [hit["verdict"] for hit in same["aml"]["hits"]] == ["FALSE_POSITIVE"]
    assert same["aml"]["checks"][0]["outcome"] == "HITS"
    assert [hit["verdict"] for hit in changed["aml"]["hits"]] == ["UNREVIEWED"]
    assert (changed["status"], changed["aml"]["decision"]) == ("UNDER_REVIEW", None)
    alerts = [event["data"] for event in changed["events"]["nodes"] if event["type"] == "aml.alert"]
    assert [alert["hitIds"] for alert in alerts] == [[changed["aml"]["hits"][0]["id"]]]


async def test_a_new_hit_for_an_active_customer_is_loud_and_decides_nothing(lists: Firm) -> None:
    await bring(lists, "later", listed("L-0", "Nobody Known"))
    customer = await verified(lists, "Tessandro", "Quillaver")
    await until(lists, customer, status("CLEAR"))
    await bring(lists, "later", listed("L-0", "Nobody Known"), listed("L-1", "Tessandro Quillaver"))
    held = await until(lists, customer, status("NEEDS_REVIEW"))
    moved = [event["data"] for event in held["events"]["nodes"] if event["type"] == "customer.state_changed"]

    assert (held["status"], held["aml"]["decision"]) == ("UNDER_REVIEW", None)
    assert [(move["oldStatus"], move["newStatus"]) for move in moved][-1] == ("ACTIVE", "UNDER_REVIEW")
    assert "aml.alert" in [event["type"] for event in held["events"]["nodes"]]


async def test_a_rejection_stands_until_a_person_decides_again(lists: Firm) -> None:
    await bring(lists, "rejected", listed("R-1", "Ulf Brandekamm"))
    customer = await verified(lists, "Ulf", "Brandekamm")
    held = await until(lists, customer, status("NEEDS_REVIEW"))
    await done(lists, REVIEW, hitId=held["aml"]["hits"][0]["id"], verdict="TRUE_POSITIVE", comment="yes")
    rejected = await done(lists, RESOLVE, customerId=customer, decision="REJECTED", comment="Listed")
    await bring(lists, "rejected", listed("R-2", "Somebody Else"))
    gone = await read(lists, customer)
    await done(lists, AGAIN, customerId=customer, reason="The list has dropped the entry")
    reopened = await until(lists, customer, status("NEEDS_REVIEW"))
    cleared = await done(lists, RESOLVE, customerId=customer, decision="CLEARED", comment="Not listed any more")

    assert (rejected["customer"]["status"], rejected["customer"]["nextAction"]["code"]) == ("REJECTED", "DO_NOT_ONBOARD")
    assert (gone["aml"]["status"], gone["status"], gone["aml"]["hits"]) == ("RESOLVED", "REJECTED", [])
    assert (reopened["status"], reopened["aml"]["decision"], reopened["aml"]["hits"]) == ("REJECTED", "REJECTED", [])
    assert cleared["customer"]["status"] == "ACTIVE"


async def test_another_person_is_screened_anew_and_not_let_in_meanwhile(lists: Firm) -> None:
    await bring(lists, "renamed", listed("N-1", "Jonas Emil Brandner", birthDate="1984-02-29"))
    customer = await verified(lists, "Iria", "Vale")
    await until(lists, customer, status("CLEAR"))
    await lists.finished(await lists.ingest("id-card", customer=customer))
    held = await until(lists, customer, status("NEEDS_REVIEW"))
    moves = [event["data"] for event in held["events"]["nodes"] if event["type"] == "aml.status_changed"]

    assert [(move["oldStatus"], move["newStatus"]) for move in moves] == [
        ("NOT_SCREENED", "IN_PROGRESS"), ("IN_PROGRESS", "CLEAR"), ("CLEAR", "IN_PROGRESS"), ("IN_PROGRESS", "NEEDS_REVIEW"),
    ]  # fmt: skip
    states = [event["data"]["reason"] for event in held["events"]["nodes"] if event["type"] == "customer.state_changed"]
    assert states[-1] == "person_changed"
    assert held["aml"]["hits"][0]["score"] == 1.0


async def test_everybody_is_looked_for_once_after_a_replacement_and_the_progress_is_told(lists: Firm) -> None:
    await bring(lists, "walked", listed("W-1", "Nobody Here"))
    async with lists.deps.database.reading() as connection:
        rows = (await connection.execute(select(Rescreening.__table__).where(Rescreening.list == "walked"))).all()
        doubled = await connection.execute(
            select(AmlHit.customer_id, AmlHit.list, AmlHit.entry)
            .group_by(AmlHit.customer_id, AmlHit.list, AmlHit.entry)
            .having(func.count() > 1)
        )
        broken = await consistency.broken(connection)

    assert [(row.is_open, row.done) for row in rows] == [(False, row.total) for row in rows]
    assert rows[-1].total >= 1
    assert doubled.all() == []
    assert broken == {}


async def test_screening_is_not_for_customers_nor_machines(lists: Firm) -> None:
    customer = await lists.customer()

    refused = await lists.ask(AGAIN, {"input": {"customerId": customer, "reason": "x"}}, who="service")
    early = await done(lists, AGAIN, expect=["NOT_VERIFIED"], customerId=customer, reason="x")

    assert refused["errors"][0]["extensions"]["code"] == "HUMAN_REQUIRED"
    assert early["customer"] is None


@pytest.fixture(scope="module", params=["embedded"])
async def careful(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Firm]:
    """A firm in which two people decide."""
    folder = tmp_path_factory.mktemp("two")
    async with Firm.embedded(folder, screeners=(ScreenerName.LISTS,), aml_needs_second_person=True) as ready:
        ready.folder = folder  # type: ignore[attr-defined]
        yield ready


async def test_where_two_people_are_needed_the_first_ones_decision_waits(careful: Firm) -> None:
    second = await careful.issue(Role.COMPLIANCE, name="second")
    await bring(careful, "two", listed("T-1", "Ennio Falvarotti"))
    customer = await verified(careful, "Ennio", "Falvarotti")
    held = await until(careful, customer, status("NEEDS_REVIEW"))
    await done(careful, REVIEW, hitId=held["aml"]["hits"][0]["id"], verdict="FALSE_POSITIVE", comment="no")
    proposed = await done(careful, RESOLVE, customerId=customer, decision="CLEARED", comment="first")
    alone = await done(
        careful, RESOLVE, expect=["SECOND_PERSON_REQUIRED"], customerId=customer, decision="CLEARED", comment="me again"
    )
    other = await done(careful, RESOLVE, who=second, customerId=customer, decision="REJECTED", comment="I differ")
    agreed = await done(careful, RESOLVE, customerId=customer, decision="REJECTED", comment="Agreed")
    found = await read(careful, customer)

    assert proposed["customer"]["aml"]["status"] == "NEEDS_REVIEW"
    assert proposed["customer"]["aml"]["proposedDecision"] == "CLEARED"
    assert alone["customer"] is None
    assert other["customer"]["aml"]["proposedDecision"] == "REJECTED"
    assert agreed["customer"]["status"] == "REJECTED"
    assert (found["aml"]["decidedBy"], found["aml"]["confirmedBy"]) == ("second", "test")
