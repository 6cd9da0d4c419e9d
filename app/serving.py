"""Serving an ASGI application with the limits of a public edge."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

# A WebSocket message is a document and its variables; larger ones close the socket with 1009.
SOCKET_MESSAGE_LIMIT = 64 * 1024


def server(application: Any, *, host: str, port: int) -> uvicorn.Server:
    """Returns a server for one process. Access logs are off: addresses hold signed tokens."""
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


class _Inside(uvicorn.Server):
    """A server that leaves the process's signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(application: Any, *, host: str, port: int) -> None:
    """Serves until SIGTERM or SIGINT, then completes the requests in progress."""
    inside = _Inside(server(application, host=host, port=port).config)
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loops
            asyncio.get_running_loop().add_signal_handler(number, setattr, inside, "should_exit", True)
    await inside.serve()


@asynccontextmanager
async def running(application: Any, *, host: str, port: int) -> AsyncIterator[None]:
    """Serves in the background of this event loop while the block runs."""
    inside = _Inside(server(application, host=host, port=port).config)
    task = asyncio.create_task(inside.serve())
    try:
        while not inside.started:
            await asyncio.wait({task}, timeout=0.01)
            if task.done():
                task.result()
        yield
    finally:
        inside.should_exit = inside.force_exit = True
        await task


def free_port(host: str, wanted: int = 0) -> int:
    """Returns the wanted port, or any other free one if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no port is free on {host}")
