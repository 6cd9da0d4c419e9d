"""Bytes of documents by PUT to a short-lived signed address: bounded, checked at once, with messages fit for the customer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from app.domain import upload
from app.errors import StaleFence
from app.service.document.cleaner import Unusable
from app.service.document.receiver import Receiver

# A body must be here in this time; more than this one process does not take in at the same time.
BODY_SECONDS = 60.0
AT_ONCE = 16
GONE = {"code": "NOT_FOUND", "message": "This address is invalid or has expired. Call createUpload for a new one."}
TAKEN = {"code": "ALREADY_RECEIVED", "message": "The file was already received. Call createUpload for another address."}
LATE = {"code": "BROKEN_OFF", "message": "The file arrived incomplete. Send it again to the same address."}
BUSY = {"code": "BUSY", "message": "Too many files are arriving. Send it again in a few seconds."}
STATUS = {upload.TOO_LARGE.code: 413, upload.WRONG_TYPE.code: 415, upload.OTHER_TYPE.code: 415}


class Uploads:
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def handle(self, request: Request) -> Response:
        if self._gate.locked():
            return _answer(BUSY, 503, {"Retry-After": "2"})
        announced = request.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > upload.LARGEST:
            return _answer(upload.TOO_LARGE.plain(), 413)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            async with self._gate:
                row = await self._receiver.receive(request.path_params["token"], kind, _body(request))
        except Unusable as refusal:
            return _answer(refusal.remark.plain(), STATUS.get(refusal.remark.code, 422))
        except StaleFence:
            return _answer(TAKEN, 409)
        except (ClientDisconnect, TimeoutError):
            return _answer(LATE, 400)
        return _answer(GONE, 404) if row is None else _answer({"uploadId": row.id, "status": "STORED"}, 201)


@asynccontextmanager
async def _body(request: Request) -> AsyncIterator[AsyncIterator[bytes]]:
    async with asyncio.timeout(BODY_SECONDS):
        yield _chunks(request)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        if chunk:
            yield chunk


def _answer(content: dict[str, str], status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(content, status, {"Cache-Control": "no-store", **(headers or {})})
