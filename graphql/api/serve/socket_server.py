"""All sockets of one gateway process: admission and closing."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

import structlog
from starlette.websockets import WebSocket

from api.serve.gate import Gate
from api.serve.live import Hub
from api.serve.websocket import PROTOCOL, Closing, Socket
from app.log import place

log = structlog.get_logger(module=__name__)

SOCKETS_PER_CREDENTIAL = 5_000
# The interval at which open sockets and their credentials are checked.
WATCH_SECONDS = 2.0


class Sockets:
    """All sockets of one gateway process. The sockets of a credential close when the credential ends."""

    def __init__(self, gate: Gate, hub: Hub, origins: tuple[str, ...]) -> None:
        self.gate = gate
        self.hub = hub
        self._origins = origins
        self._open: dict[str, set[Socket]] = {}

    async def handle(self, websocket: WebSocket) -> None:
        if not self._same_origin(websocket):
            await websocket.close(1008)  # before the handshake: answered with 403
            return
        if PROTOCOL not in websocket.scope.get("subprotocols", ()):
            await websocket.accept()
            await websocket.close(4406, "Subprotocol not acceptable")
            return
        await websocket.accept(PROTOCOL)
        await Socket(self, websocket).run()

    def _same_origin(self, websocket: WebSocket) -> bool:
        """Browsers name the page's origin: it must be ours, or one that the settings allow. Other clients send none."""
        origin = websocket.headers.get("origin")
        if origin is None or origin in self._origins:
            return True
        return urlsplit(origin).netloc == websocket.headers.get("host")

    def join(self, socket: Socket, credential_id: str) -> None:
        sockets = self._open.setdefault(credential_id, set())
        if len(sockets) >= SOCKETS_PER_CREDENTIAL:
            raise Closing(4429, "Too many sockets")
        sockets.add(socket)

    def leave(self, socket: Socket, credential_id: str) -> None:
        sockets = self._open.get(credential_id, set())
        sockets.discard(socket)
        if not sockets:
            self._open.pop(credential_id, None)

    async def watch(self) -> None:
        """Closes the sockets of credentials that expired or were revoked. One query for all of them."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self._refresh()
            except Exception as problem:  # the watch must survive a database that is down
                log.warning("sockets.watch", error=type(problem).__name__, at=place(problem))

    async def _refresh(self) -> None:
        if not self._open:
            return
        now = time.monotonic()
        for sockets in self._open.values():
            for socket in sockets:
                if socket.is_stuck(now):
                    socket.refuse(Closing(4408, "Nothing was read for too long; come back with your cursor"))
        good = await self.gate.still_good(tuple(self._open))
        for credential_id in set(self._open) - good:
            for socket in tuple(self._open.get(credential_id, ())):
                socket.refuse(Closing(4403, "Forbidden"))

    async def close(self) -> None:
        """Closes every socket, because this process shuts down."""
        for sockets in list(self._open.values()):
            for socket in tuple(sockets):
                socket.refuse(Closing(1012, "Service restart"))
        await asyncio.sleep(0)
