"""The yardstick of `fanout`: raw Starlette, ready bytes to every open socket. `python -m bench.plain_fanout PORT`"""

from __future__ import annotations

import asyncio
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app import serving

MESSAGE = '{"type":"next","id":"1","payload":{"data":{"events":{"id":"evt_01m7z3hv26e8asts4svfax01wf","type":"customer.created"}}}}'
sockets: set[WebSocket] = set()


async def listen(websocket: WebSocket) -> None:
    await websocket.accept("graphql-transport-ws")
    sockets.add(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            if "connection_init" in text:
                await websocket.send_text('{"type":"connection_ack"}')
            elif "ping" in text:
                await websocket.send_text('{"type":"pong"}')
    except WebSocketDisconnect:
        sockets.discard(websocket)


async def broadcast(_: Request) -> Response:
    await asyncio.gather(*(websocket.send_text(MESSAGE) for websocket in sockets))
    return Response("ok")


application = Starlette(routes=[WebSocketRoute("/graphql", listen), Route("/broadcast", broadcast, methods=["GET", "POST"])])

if __name__ == "__main__":
    serving.server(application, host="127.0.0.1", port=int(sys.argv[1])).run()
