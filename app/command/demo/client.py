"""The demo's client of the API, like any other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import connect

HOST = "127.0.0.1"
FOLLOW = "subscription { events { type data customer { id } } }"


@dataclass(frozen=True)
class Client:
    """A client of the API like any other: HTTP and a WebSocket, with a credential."""

    http: httpx.AsyncClient
    port: int
    token: str

    async def ask(self, query: str, **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return answer.json()["data"]

    async def events(self, ready: asyncio.Event) -> AsyncIterator[dict[str, Any]]:
        async with connect(f"ws://{HOST}:{self.port}/graphql", subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}}
            await socket.send(json.dumps(hello))
            await socket.recv()
            await socket.send(json.dumps({"type": "subscribe", "id": "demo", "payload": {"query": FOLLOW}}))
            # The answer to a ping tells that the server has read the subscription in front of it.
            await socket.send(json.dumps({"type": "ping"}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "pong":
                    ready.set()
                if message["type"] == "next":
                    yield message["payload"]["data"]["events"]
