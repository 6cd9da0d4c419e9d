"""Broken connections, and faults that change an answer after its effect took place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from starlette.responses import Response

from providers.twin.fault import Fault

TRANSPORT = "gatehouse.twin.transport"


class Cut(Response):
    """A response that closes the connection early. Sends `kept` first, as the start of a longer body."""

    def __init__(self, kept: bytes = b"") -> None:
        super().__init__()
        self._kept = kept

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._kept:
            length = str(len(self._kept) * 2).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self._kept, "more_body": True})
        scope[TRANSPORT].abort()
        # Lets the server notice that the connection is gone before it checks for a complete answer.
        await asyncio.sleep(0.01)


def spoilt(answer: Response, fault: Fault | None, disturbed: Callable[[Any], Any]) -> Response:
    """Returns the answer with the fault applied. `disturbed` adds undocumented fields and values to a payload."""
    is_json = answer.media_type == "application/json"
    match fault:
        case Fault.CUT_AFTER:
            return Cut()
        case Fault.TRUNCATED:
            body = bytes(getattr(answer, "body", b"")) or bytes(8)
            return Cut(body[: len(body) // 2])
        case Fault.NOT_JSON if is_json:
            return Response(b"<html><body>Bad gateway</body></html>", 200, media_type="text/html")
        case Fault.UNKNOWN if is_json:
            return Response(orjson.dumps(disturbed(orjson.loads(bytes(answer.body)))), 200, media_type="application/json")
        case _:
            return answer


def knowing_its_connection(inner: Any) -> Any:
    """Wraps an application so that its scope holds the connection, taken from uvicorn's `send`. `Cut` needs it."""

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        scope[TRANSPORT] = send.__self__.transport
        await inner(scope, receive, send)

    return outer
