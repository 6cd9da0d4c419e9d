"""Calls that add, list, read and deactivate documents and their images.

Source: API reference, "Adding an ID document", "Getting document images", "Marking image as inactive";
docs.sumsub.com/reference/get-information-about-document-images.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.domain.provider import Download
from providers.call import TRANSFER_SECONDS, Call, Caller, encoded, query, segment


@dataclass(frozen=True)
class Added:
    """An added document as Sumsub classified it, possibly with another type and country. `errors` deactivate the image,
    `warnings` do not. Sumsub reports both for the first four attempts only. `vocabulary.document_remark` explains the codes."""

    image_id: str | None
    document: Mapping[str, Any] = field(repr=False)
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Documents:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def add(
        self, applicant_id: str, metadata: Mapping[str, Any], content: bytes | None = None, *, content_type: str = "image/jpeg"
    ) -> Added:
        """Adds a document's data and, with `content`, one image of it. `metadata` needs `idDocType` and `country` (alpha-3)."""
        body, boundary = multipart(encoded(metadata), content, content_type)
        call = Call(
            "add-document",
            "POST",
            f"/resources/applicants/{segment(applicant_id)}/info/idDoc",
            body,
            f"multipart/form-data; boundary={boundary}",
            {"X-Return-Doc-Warnings": "true"},
            deadline=TRANSFER_SECONDS,
        )
        answer = await self._caller.once(call)
        document = orjson.loads(answer.content)
        return Added(answer.headers.get("x-image-id"), document, _texts(document.get("errors")), _texts(document.get("warnings")))

    async def list(self, applicant_id: str) -> bytes:
        """Returns every image with its type, side, verdict and deactivation flag."""
        path = f"/resources/applicants/{segment(applicant_id)}/metadata/resources"
        return await self._caller.read(Call("resources", "GET", path))

    def image(self, applicant_id: str, image_id: str) -> AbstractAsyncContextManager[Download]:
        """Opens one image or video for streaming."""
        path = f"/resources/applicants/{segment(applicant_id)}/resources/{segment(image_id)}"
        return self._caller.stream(Call("image", "GET", path, json=False))

    def image_of_inspection(self, inspection_id: str, image_id: str) -> AbstractAsyncContextManager[Download]:
        """Opens one image or video for streaming at the older address. The bytes are the same."""
        path = f"/resources/inspections/{segment(inspection_id)}/resources/{segment(image_id)}"
        return self._caller.stream(Call("image-of-inspection", "GET", path, json=False))

    async def set_inactive(self, inspection_id: str, image_id: str, *, revert: bool = False) -> bytes:
        """Deactivates an image, so that the applicant must upload another, or reverts that. 304 while a check is running."""
        path = f"/resources/inspections/{segment(inspection_id)}/resources/{segment(image_id)}"
        return (await self._caller.once(Call("set-inactive", "DELETE", query(path, revert=revert), json=False))).content


def multipart(metadata: bytes, content: bytes | None, content_type: str) -> tuple[bytes, str]:
    """Returns the encoded form body and its boundary. Built before signing, because the signature covers the whole body."""
    boundary = f"gatehouse-{secrets.token_hex(16)}"
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n%b\r\n'
        % (boundary.encode(), metadata)
    ]
    if content is not None:
        disposition = b'Content-Disposition: form-data; name="content"; filename="document"'
        parts.append(b"--%b\r\n%b\r\nContent-Type: %b\r\n\r\n" % (boundary.encode(), disposition, content_type.encode()))
        parts += [content, b"\r\n"]
    parts.append(b"--%b--\r\n" % boundary.encode())
    return b"".join(parts), boundary


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
