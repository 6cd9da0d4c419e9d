"""Deactivating, reactivating, requiring a verification: once, on record, and only by whom it may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from app.command import states
from app.domain.customer import CustomerStatus, NextActionCode, Standing, next_action, own_action, status
from app.model.customer import Customer
from app.store.db import transaction
from tests.journey.test_webhooks import verified
from tests.make.firm import RISK, START_VERIFICATION, UPDATE_KYC_DATA, Firm

READ = """query($id: ID!) { customer(id: $id) { status kycStatus nextAction { code } changes { kind reason requestedBy }
    events(first: 50) { nodes { type data } } } }"""


async def decide(firm: Firm, mutation: str, *, who: str = "back-office", expect: str | None = None, **given: Any) -> dict[str, Any]:
    kind = mutation[0].upper() + mutation[1:]
    query = f"""mutation($input: {kind}Input!) {{ done: {mutation}(input: $input) {{
        customer {{ status kycStatus }} userErrors {{ code field hint }} }} }}"""
    payload = (await firm.data(query, {"input": {"reason": "Asked by the customer", **given}}, who=who))["done"]
    assert [error["code"] for error in payload["userErrors"]] == ([expect] if expect else []), payload
    return payload  # type: ignore[no-any-return]


async def read(firm: Firm, customer: str, who: str = "back-office") -> dict[str, Any]:
    return (await firm.data(READ, {"id": customer}, who=who))["customer"]  # type: ignore[no-any-return]


async def test_a_deactivated_customer_stands_still_and_comes_back_to_where_it_stood(firm: Firm) -> None:
    customer = await firm.customer()

    gone = await decide(firm, "deactivateCustomer", who="service", customerId=customer)
    refused = await firm.create_ingestion(
        {"customerId": customer, "source": {"sumsub": {"applicantId": "a1"}}, "processes": ["PROFILE"]}
    )
    await decide(firm, "deactivateCustomer", customerId=customer, expect="ALREADY_DEACTIVATED")
    await decide(firm, "setKycRequired", customerId=customer, required=False, expect="CUSTOMER_DEACTIVATED")
    back = await decide(firm, "reactivateCustomer", who="service", customerId=customer)
    await decide(firm, "reactivateCustomer", customerId=customer, expect="NOT_DEACTIVATED")
    found = await read(firm, customer)

    assert gone["customer"]["status"] == "DEACTIVATED"
    assert [error["code"] for error in refused["userErrors"]] == ["CUSTOMER_DEACTIVATED"]
    assert back["customer"]["status"] == "CREATED"
    assert [(change["kind"], change["reason"]) for change in found["changes"]] == [
        ("REACTIVATED", "Asked by the customer"),
        ("DEACTIVATED", "Asked by the customer"),
    ]
    told = [event["data"] for event in found["events"]["nodes"] if event["type"] == "customer.state_changed"]
    assert [(data["oldStatus"], data["newStatus"], data["reason"]) for data in told] == [
        ("CREATED", "DEACTIVATED", "deactivated"),
        ("DEACTIVATED", "CREATED", "reactivated"),
    ]
    assert "Asked by" not in str(found["events"])


async def test_a_reason_is_for_those_who_may_read_internal_remarks(firm: Firm) -> None:
    customer = await firm.customer()
    await decide(firm, "deactivateCustomer", customerId=customer)

    seen = {who: (await read(firm, customer, who))["changes"][0]["reason"] for who in ("service", "reader", "compliance")}

    assert seen == {"service": None, "reader": None, "compliance": "Asked by the customer"}


async def test_whether_a_verification_is_required_is_for_a_person_to_say(firm: Firm) -> None:
    customer = await firm.customer()
    query = "mutation($input: SetKycRequiredInput!) { setKycRequired(input: $input) { userErrors { code } } }"
    given = {"input": {"customerId": customer, "required": False, "reason": "Listed company"}}

    refused = {who: await firm.ask(query, given, who=who) for who in ("service", "reader", "admin")}
    excused = await decide(firm, "setKycRequired", who="compliance", customerId=customer, required=False)
    await decide(firm, "setKycRequired", customerId=customer, required=False, expect="ALREADY_SO")
    again = await decide(firm, "setKycRequired", customerId=customer, required=True)
    other, _ = await verified(firm)
    await decide(firm, "setKycRequired", customerId=other, required=False, expect="ALREADY_VERIFIED")

    assert {who: answer["errors"][0]["extensions"]["code"] for who, answer in refused.items()} == {
        "service": "HUMAN_REQUIRED",
        "reader": "HUMAN_REQUIRED",
        "admin": "FORBIDDEN",
    }
    assert excused["customer"] == {"status": "ACTIVE", "kycStatus": "NOT_REQUIRED"}
    assert again["customer"] == {"status": "CREATED", "kycStatus": "NOT_STARTED"}


async def test_many_at_once_are_one_decision(firm: Firm) -> None:
    customer = await firm.customer()
    query = "mutation($input: DeactivateCustomerInput!) { deactivateCustomer(input: $input) { userErrors { code } } }"
    keyed = {"input": {"customerId": customer, "reason": "x", "idempotencyKey": f"d-{customer}"}}

    with_key = await asyncio.gather(*(firm.data(query, keyed, who="service") for _ in range(20)))
    await decide(firm, "reactivateCustomer", customerId=customer)
    without = await asyncio.gather(
        *(firm.data(query, {"input": {"customerId": customer, "reason": "x"}}, who="service") for _ in range(10))
    )
    found = await read(firm, customer)

    assert {str(answer["deactivateCustomer"]["userErrors"]) for answer in with_key} == {"[]"}
    assert sorted(len(answer["deactivateCustomer"]["userErrors"]) for answer in without) == [0] + [1] * 9
    assert [change["kind"] for change in found["changes"]] == ["DEACTIVATED", "REACTIVATED", "DEACTIVATED"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"customerId": "cus_none"}, "NOT_FOUND"),
        ({"reason": " "}, "BLANK"),
        ({"reason": "x" * 501}, "TOO_LONG"),
        ({"reason": "a\u0000b"}, "INVALID_CHARACTERS"),
    ],
)
async def test_bad_decisions_are_refused_and_change_nothing(firm: Firm, given: dict[str, Any], code: str) -> None:
    customer = await firm.customer()

    await decide(firm, "deactivateCustomer", **{"customerId": customer, **given}, expect=code)

    found = await read(firm, customer)
    assert (found["status"], found["changes"]) == ("CREATED", [])


def test_every_combination_has_a_status_and_an_action_and_only_the_safe_ones_onboard() -> None:
    for standing in states.standings():
        code = next_action(standing).code
        if code is NextActionCode.ONBOARD:
            assert status(standing) is CustomerStatus.ACTIVE
        if status(standing) is CustomerStatus.REJECTED:
            assert code is NextActionCode.DO_NOT_ONBOARD


STANDS = """query($id: ID!) { customer(id: $id) { status nextAction { code } } }"""
OPEN = """mutation($id: ID!) { openVerification(input: {customerId: $id, accepted: true}) { userErrors { code } } }"""


async def placed(firm: Firm, customer: str, standing: Standing) -> None:
    """Puts a customer where the machines would bring it."""
    values = {
        "kyc_status": standing.kyc,
        "aml_status": standing.aml,
        "aml_decision": standing.decision,
        "submission": standing.submission,
    }
    async with transaction(firm.deps.database) as session:
        await session.execute(update(Customer).where(Customer.id == customer).values(**values))


@pytest.mark.timeout(300)
async def test_every_combination_answers_as_the_table_says(embedded: Firm) -> None:
    customer = await embedded.customer()
    own = "mutation($input: CreateCustomerTokenInput!) { createCustomerToken(input: $input) { token } }"
    made = await embedded.data(own, {"input": {"customerId": customer, "expiresInSeconds": 3600}}, who="service")
    token = made["createCustomerToken"]["token"]
    # A verification to open, whatever the customer's status.
    await embedded.start(customer)
    differing = []
    for number, standing in enumerate(states.standings()):
        said = states.permitted(standing)
        await placed(embedded, customer, standing)
        seen = (await embedded.data(STANDS, {"id": customer}))["customer"]
        for_customer = (await embedded.data(STANDS, {"id": customer}, who=token))["customer"]["nextAction"]["code"]
        found = {
            "status": seen["status"],
            "nextAction": seen["nextAction"]["code"],
            "own": for_customer,
            **await answers(embedded, customer, standing, number),
        }
        expected = {"status": status(standing), "nextAction": next_action(standing).code, "own": own_action(standing), **said}
        if found != expected:
            differing.append((standing, found, expected))

    assert differing == []
    assert number == 7 * 8 * 3 - 1


async def answers(firm: Firm, customer: str, standing: Standing, number: int) -> dict[str, str]:
    """What the mutations answer to a customer who stands there; afterwards it stands there again."""
    found = {}
    payload = await firm.data(UPDATE_KYC_DATA, {"input": {"customerId": customer, "kycData": {}}}, who="service")
    found["updateKycData"] = _code(payload["updateKycData"])
    await placed(firm, customer, standing)
    # With a level that the vendor does not know the gate is passed, and nothing is made.
    given = {"customerId": customer, "risk": RISK, "idempotencyKey": f"state-{customer}-{number}", "level": "none"}
    payload = await firm.data(START_VERIFICATION, {"input": given}, who="back-office")
    found["startVerification"] = _code(payload["startVerification"]).replace("PROVIDER_REFUSED", states.ALLOWED)
    await placed(firm, customer, standing)
    payload = await firm.data(OPEN, {"id": customer}, who="service")
    found["openVerification"] = _code(payload["openVerification"])
    able, code = [], ""
    for required in (True, False):
        await placed(firm, customer, standing)
        query = "mutation($input: SetKycRequiredInput!) { setKycRequired(input: $input) { userErrors { code } } }"
        given = {"customerId": customer, "required": required, "reason": "x"}
        code = _code((await firm.data(query, {"input": given}, who="back-office"))["setKycRequired"])
        able += [str(required).lower()] if code == states.ALLOWED else []
    found["setKycRequired"] = ", ".join(able) or code
    return found


def _code(payload: dict[str, Any]) -> str:
    return str(payload["userErrors"][0]["code"]) if payload["userErrors"] else states.ALLOWED
