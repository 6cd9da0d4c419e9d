"""The `graphql-transport-ws` protocol. https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

The older `graphql-ws` subprotocol is not spoken.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import Any, Protocol

import orjson
import structlog
from graphql import OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.errors import formatted, masked, request_error
from api.serve import body
from api.serve.admission import Refused
from api.serve.gate import Asked, Gate, new_request_id
from api.serve.live import Failed, Hub
from app.domain.credential import Principal
from app.errors import RequestFault, Unauthenticated
from app.log import place

log = structlog.get_logger(module=__name__)

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
# The seconds after which a socket that reads nothing is closed. The client can resume with its cursor.
UNREAD_SECONDS = 20.0
MESSAGES_PER_SECOND = 50
OPERATIONS_PER_SOCKET = 100


class Closing(Exception):
    """A request to close the socket with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Server(Protocol):
    """The interface of `socket_server.Sockets` that one socket uses."""

    gate: Gate
    hub: Hub

    def join(self, socket: Socket, credential_id: str) -> None: ...

    def leave(self, socket: Socket, credential_id: str) -> None: ...


class Socket:
    """One connection. It reads messages and sends responses; each operation runs in its own task."""

    def __init__(self, sockets: Server, websocket: WebSocket) -> None:
        self._sockets = sockets
        self._websocket = websocket
        self._principal: Principal | None = None
        self._initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._arrivals: deque[float] = deque(maxlen=MESSAGES_PER_SECOND)
        self._unsent = 0
        self._stuck_since = 0.0
        self._refused: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    def refuse(self, closing: Closing) -> None:
        if not self._refused.done():
            self._refused.set_result(closing)

    async def run(self) -> None:
        reading = asyncio.create_task(self._read())
        try:
            waiting: set[asyncio.Future[Any]] = {reading, self._refused}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if self._refused.done():
                await self._close(self._refused.result())
        finally:
            reading.cancel()
            for task in self._operations.values():
                task.cancel()
            await asyncio.gather(reading, *self._operations.values(), return_exceptions=True)
            if self._principal is not None:
                self._sockets.leave(self, self._principal.credential_id)

    async def _close(self, closing: Closing) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                async with asyncio.timeout(2.0):
                    await self._websocket.close(closing.code, closing.reason)

    async def _read(self) -> None:
        try:
            try:
                async with asyncio.timeout(INIT_SECONDS):
                    while not self._initialised:
                        await self._handle(await self._receive())
            except TimeoutError:
                raise Closing(4408, "Connection initialisation timeout") from None
            while True:
                await self._handle(await self._receive())
        except Closing as closing:
            self.refuse(closing)
        except WebSocketDisconnect:
            return
        except Exception as problem:  # the edge of a connection: logged, and hidden from the client
            log.error("socket.defect", error=type(problem).__name__, at=place(problem))
            self.refuse(Closing(4500, "Internal server error"))

    async def _receive(self) -> dict[str, Any]:
        frame = await self._websocket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005))
        now = asyncio.get_running_loop().time()
        if len(self._arrivals) == MESSAGES_PER_SECOND and now - self._arrivals[0] < 1.0:
            raise Closing(4429, "Too many messages")
        self._arrivals.append(now)
        text = frame.get("text")
        try:
            message = body.parse(text) if text is not None else None
        except RequestFault:
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(4400, "Invalid message")
        return message

    async def _handle(self, message: dict[str, Any]) -> None:
        payload = message.get("payload")
        match message["type"]:
            case "connection_init":
                await self._init(payload)
            case "ping":
                await self._send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
            case "pong":
                return
            case "subscribe":
                self._subscribe(message.get("id"), payload)
            case "complete":
                if not isinstance(message.get("id"), str):
                    raise Closing(4400, "Invalid message: complete needs an id")
                task = self._operations.pop(message["id"], None)
                if task:
                    task.cancel()
            case _:
                raise Closing(4400, "Invalid message type")

    async def _init(self, payload: Any) -> None:
        if self._initialised:
            raise Closing(4429, "Too many initialisation requests")
        if payload is not None and not isinstance(payload, dict):
            raise Closing(4400, "Invalid payload")
        headers = {key.lower(): value for key, value in (payload or {}).items() if isinstance(value, str)}
        try:
            principal = await self._sockets.gate.principal(headers.get("authorization"))
        except Unauthenticated:
            principal = None
        if principal is None:
            raise Closing(4403, "Forbidden")
        self._sockets.join(self, principal.credential_id)
        self._principal, self._initialised = principal, True
        await self._send({"type": "connection_ack"})

    def _subscribe(self, operation_id: Any, payload: Any) -> None:
        if self._principal is None:
            raise Closing(4401, "Unauthorized")
        if not isinstance(operation_id, str) or not operation_id or len(operation_id) > 128 or not body.storable(operation_id):
            raise Closing(4400, "Invalid message: subscribe needs an id")
        if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
            raise Closing(4400, "Invalid message: subscribe needs a payload with a query")
        for name, kind in (("variables", dict), ("operationName", str), ("extensions", dict)):
            if payload.get(name) is not None and not isinstance(payload[name], kind):
                raise Closing(4400, f"Invalid message: {name}")
        if operation_id in self._operations:
            raise Closing(4409, f"Subscriber for {operation_id} already exists")
        if len(self._operations) >= OPERATIONS_PER_SOCKET:
            raise Closing(4429, "Too many operations")
        task = asyncio.create_task(self._operate(operation_id, payload, self._principal))
        self._operations[operation_id] = task

    async def _operate(self, operation_id: str, payload: dict[str, Any], principal: Principal) -> None:
        """Runs one operation until its `complete` or `error`."""
        request_id = new_request_id()
        gate = self._sockets.gate
        try:
            asked = gate.ask(payload["query"], payload.get("variables"), payload.get("operationName"))
            gate.allow(asked, principal)
            if asked.kind is OperationType.SUBSCRIPTION:
                await self._stream(operation_id, asked, payload["query"], principal)
            else:
                result = await gate.execute(asked, gate.context(principal, request_id))
                answer: dict[str, Any] = {"data": result.data}
                if result.errors:
                    answer["errors"] = formatted(result.errors, request_id)
                await self._send({"type": "next", "id": operation_id, "payload": answer})
        except Refused as refused:
            await self._fail(operation_id, formatted(refused.errors, request_id))
        except Failed as failed:
            await self._fail(operation_id, failed.errors)
        except RequestFault as fault:
            await self._fail(operation_id, [request_error(fault)])
        except Closing as closing:
            self.refuse(closing)
        except Exception as problem:  # the edge of an operation: the others on the socket continue
            log.error("socket.operation_defect", error=type(problem).__name__, request_id=request_id, at=place(problem))
            await self._fail(operation_id, [masked(request_id)])
        else:
            if self._operations.pop(operation_id, None):
                await self._send({"type": "complete", "id": operation_id})

    async def _stream(self, operation_id: str, asked: Asked, text: str, principal: Principal) -> None:
        """Sends a subscription's messages. The payload's bytes are shared with the group; only the operation's id differs."""
        head = '{"type":"next","id":' + orjson.dumps(operation_id).decode() + ',"payload":'

        async def send(payload: str) -> None:
            await self._send_text(f"{head}{payload}}}")

        await self._sockets.hub.serve(asked, principal, text, send)

    async def _fail(self, operation_id: str, errors: list[dict[str, Any]]) -> None:
        if self._operations.pop(operation_id, None):
            await self._send({"type": "error", "id": operation_id, "payload": errors})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._send_text(body.encode(message).decode())

    async def _send_text(self, text: str) -> None:
        # The watch closes sockets of clients that read nothing. A timer for every message would cost more than sending it.
        if not self._unsent:
            self._stuck_since = time.monotonic()
        self._unsent += 1
        try:
            await self._websocket.send({"type": "websocket.send", "text": text})
        except (RuntimeError, WebSocketDisconnect):
            raise Closing(1006, "Gone") from None
        finally:
            self._unsent -= 1
            self._stuck_since = time.monotonic()

    def is_stuck(self, now: float) -> bool:
        """Returns whether a message has been waiting to be sent for too long."""
        return self._unsent > 0 and now - self._stuck_since > UNREAD_SECONDS
