"""A thousand WebSocket readers in one process, as light as can be: a frame is counted when its bytes are there."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from typing import Any


def frame(message: Any) -> bytes:
    """A masked text frame of at most 65,535 bytes."""
    data = json.dumps(message).encode()
    mask = os.urandom(4)
    head = bytes([0x81, 0x80 | len(data)]) if len(data) < 126 else bytes([0x81, 0xFE]) + len(data).to_bytes(2, "big")
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))


class Reader(asyncio.Protocol):
    """Counts messages of the type `next`, with the time each came."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.transport: asyncio.Transport
        self.ready = asyncio.get_running_loop().create_future()
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if b"101 Switching" in data:
            for message in self.crowd.greeting:
                self.transport.write(frame(message))
        self._held = (self._held + data)[-4096:]
        if b'"pong"' in self._held and not self.ready.done():
            self.ready.set_result(None)
            self._held = b""
        elif b'"next"' in self._held:
            self.crowd.arrived(self._held.count(b'"type":"next"'))
            self._held = b""


class Crowd:
    def __init__(self, host: str, port: int, token: str, query: str) -> None:
        self.host, self.port = host, port
        self.greeting = [
            {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}},
            {"type": "subscribe", "id": "1", "payload": {"query": query}},
            {"type": "ping"},
        ]
        self.readers: list[Reader] = []
        self.waiting = 0
        self.last = 0.0
        self._all = asyncio.Event()

    async def gather(self, many: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(many):
            _, reader = await loop.create_connection(lambda: Reader(self), self.host, self.port)
            await asyncio.wait_for(reader.ready, 20)
            self.readers.append(reader)

    def expect(self) -> None:
        self.waiting = len(self.readers)
        self._all.clear()

    def arrived(self, many: int) -> None:
        self.waiting -= many
        if self.waiting <= 0:
            self.last = time.perf_counter()
            self._all.set()

    async def everybody(self) -> float:
        """The moment at which the last reader had its message."""
        await asyncio.wait_for(self._all.wait(), 30)
        return self.last

    def leave(self) -> None:
        for reader in self.readers:
            reader.transport.abort()
