"""The graphql-transport-ws protocol, its close codes, and what happens to neighbours."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import time
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.serve.websocket import UNREAD_SECONDS, Socket
from app.clock import SystemClock
from app.domain.credential import Role
from app.service.trust import credential
from app.store.db import transaction
from tests.make.firm import Firm

EVENTS = "subscription { events { type } }"


async def opened(firm: Firm, **options: Any) -> ClientConnection:
    options.setdefault("subprotocols", ["graphql-transport-ws"])
    return await connect(f"ws://127.0.0.1:{firm.port}/graphql", **options)


async def initialised(firm: Firm, who: str = "service") -> ClientConnection:
    socket = await opened(firm)
    token = firm.tokens.get(who, who)
    await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    return socket


async def closed(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(15):
        with contextlib.suppress(ConnectionClosed):
            async for _ in socket:
                pass
        await socket.wait_closed()
    return socket.close_code


async def subscribe(socket: ClientConnection, query: str = EVENTS, operation_id: str = "1", **more: Any) -> None:
    await socket.send(json.dumps({"type": "subscribe", "id": operation_id, "payload": {"query": query, **more}}))


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], 4400),
        (["null"], 4400),
        (["[]"], 4400),
        (['"x"'], 4400),
        (["5"], 4400),
        (['{"type": 5}'], 4400),
        (['{"type": "start"}'], 4400),
        ([b"\x00\x01"], 4400),
        (["[" * 50_000], 4400),
        (['{"type": "connection_init", "payload": 5}'], 4400),
        (['{"type": "connection_init"}'], 4403),
        (['{"type": "connection_init", "payload": {"authorization": "Bearer x"}}'], 4403),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}'], 4401),
    ],
)
async def test_before_the_acknowledgement(embedded: Firm, messages: list[Any], code: int) -> None:
    socket = await opened(embedded)
    for message in messages:
        await socket.send(message)

    assert await closed(socket) == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"type": "connection_init", "payload": {}}', 4429),
        ('{"type": "subscribe", "payload": {"query": "{ __typename }"}}', 4400),
        ('{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}', 4400),
        ('{"type": "subscribe", "id": ["1"], "payload": {"query": "{ __typename }"}}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": "x"}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": {"query": 5}}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}', 4400),
        ('{"type": "complete"}', 4400),
        ('{"type": "nonsense"}', 4400),
    ],
)
async def test_after_the_acknowledgement(embedded: Firm, message: str, code: int) -> None:
    socket = await initialised(embedded)
    await socket.send(message)

    assert await closed(socket) == code


async def test_an_operation_id_in_use_closes_with_4409(embedded: Firm) -> None:
    socket = await initialised(embedded)
    await subscribe(socket)
    await subscribe(socket)

    assert await closed(socket) == 4409


async def test_a_flood_of_messages_closes_with_4429(embedded: Firm) -> None:
    socket = await initialised(embedded)
    for _ in range(80):
        await socket.send('{"type": "ping"}')

    assert await closed(socket) == 4429


async def test_a_message_over_64_kilobytes_closes_with_1009(embedded: Firm) -> None:
    socket = await initialised(embedded)
    await subscribe(socket, "{ __typename }" + " " * 70_000)

    assert await closed(socket) == 1009


async def test_ping_is_answered_with_its_payload(embedded: Firm) -> None:
    socket = await initialised(embedded)
    await socket.send('{"type": "ping", "payload": {"a": 1}}')

    assert json.loads(await socket.recv()) == {"type": "pong", "payload": {"a": 1}}
    await socket.close()


async def test_a_fault_of_one_operation_leaves_its_neighbours_alone(embedded: Firm) -> None:
    socket = await initialised(embedded)
    await subscribe(socket, EVENTS, "live")
    await subscribe(socket, "{ nonsense", "syntax")
    syntax = json.loads(await socket.recv())
    await subscribe(socket, "subscription { nothing { id } }", "invalid")
    invalid = json.loads(await socket.recv())
    await subscribe(socket, 'subscription { ingestion(id: "ing_none") { id } }', "unknown")
    unknown = json.loads(await socket.recv())

    await embedded.customer()
    live = json.loads(await asyncio.wait_for(socket.recv(), 10))

    assert (syntax["type"], syntax["id"]) == ("error", "syntax")
    assert (invalid["type"], invalid["id"]) == ("error", "invalid")
    assert (unknown["type"], unknown["payload"][0]["extensions"]) == ("error", {"code": "NOT_FOUND"})
    assert live == {"type": "next", "id": "live", "payload": {"data": {"events": {"type": "customer.created"}}}}
    await socket.close()


async def test_queries_and_mutations_run_over_a_socket_too(embedded: Firm) -> None:
    socket = await initialised(embedded)
    await subscribe(socket, "{ providers { name } }")

    assert json.loads(await socket.recv())["payload"] == {"data": {"providers": [{"name": "SUMSUB"}, {"name": "VERIFF"}]}}
    assert json.loads(await socket.recv()) == {"type": "complete", "id": "1"}
    await socket.close()


async def test_frames_are_text(embedded: Firm) -> None:
    socket = await initialised(embedded)
    await subscribe(socket, "{ __typename }")

    assert isinstance(await socket.recv(), str)
    await socket.close()


async def test_another_page_s_origin_is_refused_and_ours_is_not(embedded: Firm) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await opened(embedded, origin="https://evil.example")
    ours = await opened(embedded, origin=embedded.url)

    assert refused.value.response.status_code == 403
    await ours.close()


async def test_the_older_protocol_is_not_spoken(embedded: Firm) -> None:
    socket = await connect(f"ws://127.0.0.1:{embedded.port}/graphql")

    assert await closed(socket) == 4406


async def test_a_revoked_credential_closes_its_sockets(embedded: Firm) -> None:
    token = await embedded.issue(Role.SERVICE)
    socket = await initialised(embedded, token)
    await subscribe(socket)

    async with transaction(embedded.deps.database) as session:
        parsed = credential.parse(token)
        assert parsed
        await credential.revoke(session, parsed[0], at=SystemClock().now())

    assert await closed(socket) == 4403


async def test_an_expired_credential_closes_its_sockets(embedded: Firm) -> None:
    token = await embedded.issue(Role.SERVICE, expires_at=SystemClock().now() + dt.timedelta(seconds=1))
    socket = await initialised(embedded, token)

    assert await closed(socket) == 4403


async def test_without_connection_init_the_socket_is_closed(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.serve.websocket.INIT_SECONDS", 0.2)
    socket = await opened(embedded)

    assert await closed(socket) == 4408


async def test_personal_data_is_not_for_those_without_the_right(embedded: Firm) -> None:
    async with embedded.subscribe(EVENTS, who="admin") as subscription:
        message = await subscription.message()

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_reader_that_takes_nothing_for_too_long_is_noticed() -> None:
    class Deaf:
        async def send(self, _: Any) -> None:
            await asyncio.sleep(60)

    socket = Socket(None, Deaf())  # type: ignore[arg-type]
    sending = asyncio.create_task(socket._send_text("x"))
    await asyncio.sleep(0)
    now = time.monotonic()

    assert not socket.is_stuck(now + UNREAD_SECONDS - 1)
    assert socket.is_stuck(now + UNREAD_SECONDS + 1)
    sending.cancel()
    await asyncio.sleep(0)
    assert not socket.is_stuck(now + UNREAD_SECONDS + 1)
