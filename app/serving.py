"""Serving an ASGI application with the limits of a public edge."""

from __future__ import annotations

from typing import Any

import uvicorn

# A WebSocket message is a document and its variables; larger ones close the socket with 1009.
SOCKET_MESSAGE_LIMIT = 64 * 1024


def server(application: Any, *, host: str, port: int) -> uvicorn.Server:
    """A server for one process. Access logs are off: addresses hold signed tokens."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=SOCKET_MESSAGE_LIMIT,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        lifespan="off",
        access_log=False,
        server_header=False,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=10,
        log_level="warning",
        backlog=2048,
    )
    return uvicorn.Server(config)
