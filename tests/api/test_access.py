"""Who sees what: roles, scopes, tenants, masking."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app import log
from app.domain.credential import Role
from tests.make.firm import CREATE_CUSTOMER, READ_INGESTION, Firm

PERSONAL = ("Iria", "IRIA", "Vale", "VALE", "1991-07-23", "XDA000123", "Lugo", "Exemplo", "27001", "iria@example.com")


@pytest.fixture(scope="module")
async def ingested(embedded: Firm) -> dict[str, Any]:
    customer = await embedded.customer(email="iria@example.com")
    return await embedded.finished(await embedded.ingest("passport", customer=customer))


@pytest.mark.parametrize(("who", "clear"), [("service", False), ("reader", True), ("back-office", False), ("compliance", True)])
async def test_personal_data_is_clear_only_for_those_with_the_right(
    embedded: Firm, ingested: dict[str, Any], who: str, clear: bool
) -> None:
    seen = await embedded.data(READ_INGESTION, {"id": ingested["id"]}, who=who)
    customer = await embedded.data(
        "query($id: ID!) { customer(id: $id) { email firstName lastName } }",
        {"id": ingested["customer"]["id"]},
        who=who,
    )

    text = json.dumps([seen, customer], ensure_ascii=False)
    assert all((word in text) is clear for word in PERSONAL if word not in ("Vale", "Iria"))
    assert (customer["customer"]["firstName"] == "Iria") is clear
    urls = [file["url"] for result in seen["ingestion"]["results"] for file in result["files"]]
    assert len(urls) == 3
    assert all((url is not None) is clear for url in urls)
    assert {result["status"] for result in seen["ingestion"]["results"]} == {"COMPLETED"}


async def test_an_admin_sees_no_customers(embedded: Firm) -> None:
    answer = await embedded.ask("{ customers { nodes { id } } }", who="admin")

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_compliance_creates_nothing(embedded: Firm) -> None:
    given = {"email": "a@example.com", "firstName": "A"}

    answer = await embedded.ask(CREATE_CUSTOMER, {"input": given}, who="compliance")

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_another_tenant_sees_nothing_and_cannot_tell_foreign_from_unknown(embedded: Firm, ingested: dict[str, Any]) -> None:
    stranger = await embedded.issue(Role.COMPLIANCE, tenant="stranger")
    file_id = ingested["results"][2]["files"][0]["id"]
    query = "query($id: ID!) { node(id: $id) { id } ingestion(id: $id) { id } customer(id: $id) { id } }"

    ids = [ingested["id"], ingested["customer"]["id"], file_id, "ing_00000000000000000000000000", "x", "cus_\u0001"]
    answers = [await embedded.data(query, {"id": value}, who=stranger) for value in ids]
    lists = await embedded.data("{ customers { nodes { id } } ingestions { nodes { id } } events { nodes { id } } }", who=stranger)

    assert answers == [{"node": None, "ingestion": None, "customer": None}] * len(ids)
    assert lists == {"customers": {"nodes": []}, "ingestions": {"nodes": []}, "events": {"nodes": []}}


async def test_another_tenants_cursor_is_refused(embedded: Firm, ingested: dict[str, Any]) -> None:
    stranger = await embedded.issue(Role.COMPLIANCE, tenant="stranger")
    mine = (await embedded.data("{ events(first: 1) { edges { cursor } } }"))["events"]["edges"][0]["cursor"]

    answer = await embedded.ask("query($c: String) { events(after: $c) { nodes { id } } }", {"c": mine}, who=stranger)

    assert answer["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_a_node_is_found_by_its_id_whatever_its_kind(embedded: Firm, ingested: dict[str, Any]) -> None:
    file_id = ingested["results"][2]["files"][0]["id"]
    query = "query($id: ID!) { node(id: $id) { __typename id } }"

    event_id = (await embedded.data("{ events(last: 1) { nodes { id } } }"))["events"]["nodes"][0]["id"]
    for value, kind in (
        (event_id, "Event"),
        (ingested["id"], "Ingestion"),
        (ingested["customer"]["id"], "Customer"),
        (file_id, "File"),
    ):
        assert (await embedded.data(query, {"id": value}))["node"] == {"__typename": kind, "id": value}


async def test_no_share_token_is_ever_echoed(embedded: Firm) -> None:
    token = await embedded.share("used-token")
    payload = await embedded.create_ingestion(
        {"customerId": await embedded.customer(), "source": {"sumsub": {"shareToken": token}}}
    )
    found = await embedded.finished(payload["ingestion"]["id"])
    events = await embedded.data("{ events(last: 100) { nodes { data } } }")

    assert token not in json.dumps([payload, found, events])


async def test_logs_hold_no_personal_data_no_secrets_and_no_variables(
    embedded: Firm, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("Canaryname canary@example.com")

    monkeypatch.setattr("app.service.customer.customer._insert", broken)
    log.configure("DEBUG")
    answer = await embedded.ask(CREATE_CUSTOMER, {"input": {"email": "canary@example.com", "firstName": "Canaryname"}})
    await embedded.ask("query($c: String) { nonsense }", {"c": "canary-variable"})
    log.configure("ERROR")

    written = capfd.readouterr()
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "request.defect" in written.err
    assert "anary" not in written.out + written.err
    assert embedded.tokens["reader"] not in written.out + written.err
