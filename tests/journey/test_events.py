"""Subscriptions resume by cursor without a gap or a repeat: across disconnects, gateways, and readers that fall behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app import main, serving
from app.domain.credential import Role
from tests.make.firm import HOST, Firm, Subscription

EVENTS = "subscription($after: String) { events(after: $after) { cursor id type } }"
LIST = "{ events(last: 100) { nodes { id } } }"


async def take(subscription: Subscription, many: int) -> list[dict[str, Any]]:
    found = []
    async for payload in subscription.payloads():
        found.append(payload["events"])
        if len(found) == many:
            break
    return found


async def head(firm: Firm, who: str) -> str:
    await firm.customer(who=who)
    return str((await firm.data("{ events(last: 1) { edges { cursor } } }", who=who))["events"]["edges"][0]["cursor"])


async def test_a_subscriber_that_comes_back_with_its_cursor_misses_and_repeats_nothing(firm: Firm) -> None:
    who = await firm.issue(Role.SERVICE, tenant="resume")
    after = await head(firm, who)
    seen: list[dict[str, Any]] = []
    creating = asyncio.create_task(_create(firm, who, 30))

    while len(seen) < 30:
        async with firm.subscribe(EVENTS, {"after": after}, who=who) as subscription:
            seen += await take(subscription, min(4, 30 - len(seen)))
        after = seen[-1]["cursor"]
    await creating

    listed = [node["id"] for node in (await firm.data(LIST, who=who))["events"]["nodes"]][-30:]
    assert [event["id"] for event in seen] == listed


async def _create(firm: Firm, who: str, many: int) -> None:
    for _ in range(many):
        await firm.customer(who=who)


async def test_a_second_gateway_tells_the_same_events_in_the_same_order(distributed: Firm) -> None:
    who = await distributed.issue(Role.SERVICE, tenant="two-gateways")
    after = await head(distributed, who)
    port = serving.free_port(HOST)
    async with main.gateway(distributed.settings) as application, serving.running(application, host=HOST, port=port):
        here = distributed.subscribe(EVENTS, {"after": after}, who=who)
        there = Subscription(f"ws://{HOST}:{port}/graphql", who, EVENTS, {"after": after})
        async with here, there:
            await _create(distributed, who, 12)
            first, second = await asyncio.gather(take(here, 12), take(there, 12))

    assert first == second
    assert len({event["id"] for event in first}) == 12


async def test_members_of_one_group_get_the_same_whenever_they_join(embedded: Firm) -> None:
    who = await embedded.issue(Role.SERVICE, tenant="group")
    after = await head(embedded, who)
    creating = asyncio.create_task(_create(embedded, who, 40))

    async def member(delay: float) -> list[str]:
        await asyncio.sleep(delay)
        async with embedded.subscribe(EVENTS, {"after": after}, who=who) as subscription:
            return [event["id"] for event in await take(subscription, 40)]

    told = await asyncio.gather(*(member(index * 0.03) for index in range(12)))
    await creating

    assert all(ids == told[0] for ids in told)
    assert len(set(told[0])) == 40


async def test_one_execution_and_one_encoding_serve_a_whole_group(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.serve import live

    encoded: list[Any] = []
    original = live._encoded
    monkeypatch.setattr(live, "_encoded", lambda result, request_id: encoded.append(result) or original(result, request_id))
    who = await embedded.issue(Role.SERVICE, tenant="one-encoding")
    subscriptions = [embedded.subscribe("subscription { events { id } }", who=who) for _ in range(20)]
    for subscription in subscriptions:
        await subscription.__aenter__()
    await asyncio.sleep(0.3)

    await embedded.customer(who=who)
    messages = await asyncio.gather(*(subscription.message() for subscription in subscriptions))

    assert len({message["payload"]["data"]["events"]["id"] for message in messages}) == 1
    assert len(encoded) == 1
    for subscription in subscriptions:
        await subscription.__aexit__()


async def test_a_reader_that_falls_behind_catches_up_without_a_loss(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.serve.live.BUFFER", 3)
    who = await embedded.issue(Role.SERVICE, tenant="slow")
    after = await head(embedded, who)

    async with embedded.subscribe(EVENTS, {"after": after}, who=who) as subscription:
        await asyncio.gather(*(_create(embedded, who, 10) for _ in range(8)))
        seen = await take(subscription, 80)

    listed = [node["id"] for node in (await embedded.data(LIST, who=who))["events"]["nodes"]][-80:]
    assert [event["id"] for event in seen] == listed


async def test_the_customer_subscription_tells_each_change_of_status(firm: Firm) -> None:
    customer_id = await firm.customer()
    query = "subscription($id: ID!) { customer(id: $id) { kycStatus status } }"

    async with firm.subscribe(query, {"id": customer_id}) as subscription:
        first = (await subscription.message())["payload"]["data"]["customer"]
        await firm.ingest("passport", customer=customer_id)
        second = (await subscription.message())["payload"]["data"]["customer"]

    assert first == {"kycStatus": "NOT_STARTED", "status": "CREATED"}
    assert second == {"kycStatus": "VERIFIED", "status": "UNDER_REVIEW"}


async def test_a_finished_ingestion_is_told_once_and_completes(firm: Firm) -> None:
    ingestion_id = await firm.ingest("passport")
    await firm.finished(ingestion_id)

    async with firm.subscribe("subscription($id: ID!) { ingestion(id: $id) { status } }", {"id": ingestion_id}) as subscription:
        assert [payload async for payload in subscription.payloads()] == [{"ingestion": {"status": "FINISHED"}}]
