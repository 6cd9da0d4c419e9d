"""Bad input: a clear userError with its path, and nothing stored. Idempotency keys."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.credential import Role
from app.model import Customer, Event, IdempotencyKey, Ingestion, ProcessResult
from tests.make.firm import CREATE_CUSTOMER, CREATE_INGESTION, Firm

COUNTED = (Customer, Ingestion, ProcessResult, Event, IdempotencyKey)


async def counts(firm: Firm) -> list[int]:
    async with firm.deps.database.reading() as connection:
        return [(await connection.execute(select(func.count()).select_from(table))).scalar_one() for table in COUNTED]


GOOD_CUSTOMER = {"email": "a@example.com", "firstName": "A"}
BAD_CUSTOMERS: list[tuple[dict[str, Any], str, str]] = [
    ({"email": ""}, "BLANK", "email"),
    ({"email": "no-at-sign"}, "INVALID_EMAIL", "email"),
    ({"email": "a@b"}, "INVALID_EMAIL", "email"),
    ({"email": "a@" + "b" * 300 + ".co"}, "TOO_LONG", "email"),
    ({"firstName": "   "}, "BLANK", "firstName"),
    ({"firstName": "A" * 10_000}, "TOO_LONG", "firstName"),
    ({"firstName": "A\u0000B"}, "INVALID_CHARACTERS", "firstName"),
    ({"firstName": "A\ud800B"}, "INVALID_CHARACTERS", "firstName"),
    ({"lastName": "A\nB"}, "INVALID_CHARACTERS", "lastName"),
    ({"externalId": ""}, "BLANK", "externalId"),
    ({"externalId": "x" * 201}, "TOO_LONG", "externalId"),
    ({"idempotencyKey": ""}, "BLANK", "idempotencyKey"),
    ({"idempotencyKey": "k" * 256}, "TOO_LONG", "idempotencyKey"),
    ({"idempotencyKey": "k\u0000"}, "INVALID_CHARACTERS", "idempotencyKey"),
]


@pytest.mark.parametrize(("change", "code", "field"), BAD_CUSTOMERS)
async def test_a_bad_customer_is_refused_and_nothing_stored(firm: Firm, change: dict[str, Any], code: str, field: str) -> None:
    before = await counts(firm)

    payload = (await firm.data(CREATE_CUSTOMER, {"input": GOOD_CUSTOMER | change}))["createCustomer"]

    assert payload["customer"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, ["input", field])]
    assert await counts(firm) == before


async def test_all_faults_of_one_input_come_back_together(embedded: Firm) -> None:
    given = {"email": "x", "firstName": "", "externalId": "\u0000"}

    payload = (await embedded.data(CREATE_CUSTOMER, {"input": given}))["createCustomer"]

    assert [error["code"] for error in payload["userErrors"]] == ["INVALID_EMAIL", "BLANK", "INVALID_CHARACTERS"]


async def test_an_external_id_is_unique_in_its_tenant_and_free_in_another(firm: Firm) -> None:
    await firm.customer(externalId="crm-7")
    other = await firm.issue(Role.SERVICE, tenant="other")

    again = (await firm.data(CREATE_CUSTOMER, {"input": GOOD_CUSTOMER | {"externalId": "crm-7"}}))["createCustomer"]
    elsewhere = await firm.customer(externalId="crm-7", who=other)

    assert [error["code"] for error in again["userErrors"]] == ["EXTERNAL_ID_TAKEN"]
    assert elsewhere.startswith("cus_")


TOKEN: dict[str, Any] = {"sumsub": {"shareToken": "_act-token"}}
BAD_INGESTIONS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"customerId": "cus_00000000000000000000000000"}, "NOT_FOUND", ["input", "customerId"]),
    ({"customerId": "nonsense"}, "NOT_FOUND", ["input", "customerId"]),
    ({"customerId": "ing_00000000000000000000000000"}, "NOT_FOUND", ["input", "customerId"]),
    ({"customerId": "cus_\u0000"}, "NOT_FOUND", ["input", "customerId"]),
    ({"customerId": "cus_\ud800"}, "NOT_FOUND", ["input", "customerId"]),
    ({"processes": []}, "NO_PROCESSES", ["input", "processes"]),
    ({"processes": ["PROFILE", "PROFILE"]}, "DUPLICATE_PROCESSES", ["input", "processes"]),
    ({"source": {"sumsub": {"shareToken": ""}}}, "BLANK", ["input", "source", "sumsub", "shareToken"]),
    ({"source": {"sumsub": {"shareToken": "  "}}}, "BLANK", ["input", "source", "sumsub", "shareToken"]),
    ({"source": {"sumsub": {"shareToken": " a"}}}, "BLANKS_AROUND", ["input", "source", "sumsub", "shareToken"]),
    ({"source": {"sumsub": {"shareToken": "a" * 1025}}}, "TOO_LONG", ["input", "source", "sumsub", "shareToken"]),
    ({"source": {"sumsub": {"shareToken": "a\nb"}}}, "INVALID_CHARACTERS", ["input", "source", "sumsub", "shareToken"]),
    (
        {"source": {"sumsub": {"shareToken": "a\u0000"}}},
        "INVALID_CHARACTERS",
        ["input", "source", "sumsub", "shareToken"],
    ),
    (
        {"source": {"sumsub": {"shareToken": "a\udfff"}}},
        "INVALID_CHARACTERS",
        ["input", "source", "sumsub", "shareToken"],
    ),
    ({"source": {"sumsub": {"applicantId": "../../x"}}}, "INVALID_ID", ["input", "source", "sumsub", "applicantId"]),
    ({"source": {"veriff": {"sessions": []}}}, "NO_SESSIONS", ["input", "source", "veriff", "sessions"]),
    ({"idempotencyKey": "\u0007"}, "INVALID_CHARACTERS", ["input", "idempotencyKey"]),
]


@pytest.mark.parametrize(("change", "code", "field"), BAD_INGESTIONS)
async def test_a_bad_ingestion_is_refused_and_nothing_stored(
    firm: Firm, change: dict[str, Any], code: str, field: list[str]
) -> None:
    given = {"customerId": await firm.customer(), "source": TOKEN} | change
    before = await counts(firm)

    payload = await firm.create_ingestion(given)

    assert payload["ingestion"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, field)]
    assert await counts(firm) == before


@pytest.mark.parametrize(
    "source",
    [{}, {"sumsub": {}}, {"sumsub": {"shareToken": "a", "applicantId": "b"}}, {"sumsub": {"shareToken": None}}],
)
async def test_a_source_names_exactly_one_thing(embedded: Firm, source: dict[str, Any]) -> None:
    given = {"customerId": await embedded.customer(), "source": source}

    answer = await embedded.ask(CREATE_INGESTION, {"input": given})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_another_tenants_customer_is_not_found(firm: Firm) -> None:
    other = await firm.issue(Role.SERVICE, tenant="other")

    payload = await firm.create_ingestion({"customerId": await firm.customer(), "source": TOKEN}, who=other)

    assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"]


async def test_the_same_key_and_input_give_the_first_answer_again(firm: Firm) -> None:
    given = {
        "customerId": await firm.customer(),
        "source": {"sumsub": {"shareToken": await firm.share()}},
        "idempotencyKey": "once",
    }

    first = await firm.create_ingestion(given)
    before = await counts(firm)
    second = await firm.create_ingestion(given)

    assert second["userErrors"] == []
    assert second["ingestion"]["id"] == first["ingestion"]["id"]
    assert (await counts(firm))[:3] == before[:3]


async def test_the_same_key_with_another_input_is_refused(firm: Firm) -> None:
    given = GOOD_CUSTOMER | {"idempotencyKey": "reused"}
    await firm.data(CREATE_CUSTOMER, {"input": given})

    other = (await firm.data(CREATE_CUSTOMER, {"input": given | {"firstName": "B"}}))["createCustomer"]

    assert other["customer"] is None
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_a_refusal_does_not_use_the_key_up(firm: Firm) -> None:
    given = {"customerId": await firm.customer(), "source": {"sumsub": {"shareToken": ""}}, "idempotencyKey": "again"}
    refused = await firm.create_ingestion(given)

    good = await firm.create_ingestion(given | {"source": TOKEN})

    assert refused["ingestion"] is None
    assert good["userErrors"] == []


async def test_fifty_at_once_with_one_key_make_one_customer(firm: Firm) -> None:
    given = GOOD_CUSTOMER | {"idempotencyKey": "race"}

    answers = await asyncio.gather(*(firm.data(CREATE_CUSTOMER, {"input": given}) for _ in range(50)))

    assert len({answer["createCustomer"]["customer"]["id"] for answer in answers}) == 1


async def test_keys_belong_to_one_mutation_and_one_tenant(firm: Firm) -> None:
    other = await firm.issue(Role.SERVICE, tenant="other")
    mine = await firm.customer(idempotencyKey="shared")
    theirs = await firm.customer(idempotencyKey="shared", who=other)

    ingestion = await firm.create_ingestion({"customerId": mine, "source": TOKEN, "idempotencyKey": "shared"})

    assert mine != theirs
    assert ingestion["userErrors"] == []
