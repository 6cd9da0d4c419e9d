"""The yardstick of webhooks: a plain Starlette handler that verifies the digest and stores the body in SQLite."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PORT, PATH, SECRET = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
database = sqlite3.connect(PATH, isolation_level=None, check_same_thread=False)
for statement in (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "CREATE TABLE event (digest TEXT PRIMARY KEY, body BLOB)",
):
    database.execute(statement)


async def take(request: Request) -> Response:
    body = await request.body()
    if not hmac.compare_digest(hmac.new(SECRET, body, hashlib.sha256).hexdigest(), request.headers["x-payload-digest"]):
        return Response(status_code=401)
    database.execute("INSERT OR IGNORE INTO event VALUES (?, ?)", (hashlib.sha256(body).hexdigest(), body))
    return Response(status_code=200)


async def livez(_: Request) -> Response:
    return Response(status_code=200)


uvicorn.run(
    Starlette(routes=[Route("/webhooks/sumsub", take, methods=["POST"]), Route("/livez", livez)]),
    host="127.0.0.1",
    port=PORT,
    access_log=False,
    log_level="warning",
)
