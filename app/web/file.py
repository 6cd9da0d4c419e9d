"""Documents by short-lived signed address: streamed, as attachments that no browser will run."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from app.service.dependencies import Dependencies
from app.service.document import link
from app.service.document.blob import BlobStore

GONE = "This address is invalid or has expired. Ask the API for a new one."


class Files:
    def __init__(self, deps: Dependencies, blobs: BlobStore) -> None:
        self._deps = deps
        self._blobs = blobs

    async def handle(self, request: Request) -> Response:
        opened = await link.open_file(self._deps, self._blobs, request.path_params["token"])
        if opened is None:
            return PlainTextResponse(GONE, 404)
        headers = {
            "Content-Length": str(opened.size),
            "Content-Disposition": f'attachment; filename="{opened.name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-site",
        }
        return StreamingResponse(opened.chunks, headers=headers, media_type=opened.content_type)
