"""Twin handlers for documents and their images."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

from app.domain.normal import content as types
from providers.sumsub import vocabulary
from providers.sumsub.twin import payload
from providers.sumsub.twin.answer import Problem, json, ok, refusal
from providers.sumsub.twin.desk import BUSY, Call
from providers.sumsub.twin.store import Applicant
from providers.twin import image

STEP_OF_TYPE = {"SELFIE": "SELFIE", "VIDEO_SELFIE": "SELFIE", "UTILITY_BILL": "PROOF_OF_RESIDENCE"}
MAGIC = {"image/jpeg": "jpeg", "image/png": "png", "application/pdf": "pdf", "video/mp4": "mp4"}
TIFF = (b"II*\x00", b"MM\x00*")
MANY = 100
NAME = re.compile(rb'name="([a-z]+)"')


async def add(call: Call) -> Response:
    found = call.changeable()
    if found.status in BUSY:
        raise refusal(1006)
    if (found.result or {}).get("reviewRejectType") == "FINAL":
        raise refusal(1009)
    metadata, content = _form(call)
    kind, country = metadata.get("idDocType"), metadata.get("country")
    if kind not in vocabulary.words("documentTypes") or not isinstance(country, str) or len(country) != 3:
        raise Problem(400, "metadata needs a known idDocType and a country of three letters")
    if kind not in payload.required_types(found):
        raise refusal(1010)
    headers, remarks = {}, {}
    if content is not None:
        headers["X-Image-Id"] = _keep(call, found, metadata, content)
        remarks = _remarks(metadata) if call.request.headers.get("x-return-doc-warnings") == "true" else {}
    found.papers = [paper for paper in found.papers if paper["idDocType"] != kind] + [_paper(metadata)]
    found.steps[STEP_OF_TYPE.get(kind, "IDENTITY")] = {"country": country, "idDocType": kind}
    return json({**metadata, **remarks}, headers=headers)


def _paper(metadata: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if key != "idDocSubType"}


def _form(call: Call) -> tuple[dict[str, Any], bytes | None]:
    """Parses the form and returns its metadata and content."""
    kind, _, boundary = call.request.headers.get("content-type", "").partition("; boundary=")
    if kind != "multipart/form-data" or not boundary:
        raise Problem(415, "Send multipart/form-data")
    parts = {}
    for part in call.body.split(b"--" + boundary.strip('"').encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        found = NAME.search(head)
        if found:
            parts[found.group(1)] = content.removesuffix(b"\r\n")
    try:
        metadata = orjson.loads(parts.get(b"metadata", b""))
    except orjson.JSONDecodeError:
        raise Problem(400, "metadata is not JSON") from None
    if not isinstance(metadata, dict):
        raise Problem(400, "metadata is not a JSON object")
    return metadata, parts.get(b"content")


def _keep(call: Call, found: Applicant, metadata: dict[str, Any], content: bytes) -> str:
    if not content:
        raise refusal(1003)
    if content.startswith(TIFF):
        raise refusal(1005)
    kind = MAGIC.get(types.sniff(content) or "")
    if kind is None:
        raise refusal(1004)
    digest = hashlib.sha256(content).hexdigest()
    if any(item.get("digest") == digest for item in found.images):
        raise refusal(1000)
    if len(found.images) >= MANY:
        raise Problem(400, "Applicant contains too many documents", 1001, "too-many-documents")
    number = str(call.twin.store.new_number())
    found.images.append(
        {
            "id": number,
            "type": metadata["idDocType"],
            "country": metadata["country"],
            "side": metadata.get("idDocSubType"),
            "kind": kind,
            "size": len(content),
            "step": STEP_OF_TYPE.get(metadata["idDocType"], "IDENTITY"),
            "digest": digest,
            "deactivated": bool(metadata.get("number") == "UNREADABLE"),
        }
    )
    return number


def _remarks(metadata: dict[str, Any]) -> dict[str, Any]:
    """Returns the errors or warnings of the quick check. The document numbers `UNREADABLE` and `EXPIRED` trigger them."""
    return {"UNREADABLE": {"errors": ["dataNotReadable"]}, "EXPIRED": {"warnings": ["maybeExpiredDoc"]}}.get(
        str(metadata.get("number")), {}
    )


async def list_all(call: Call) -> Response:
    return json(payload.resources(call.applicant()))


async def show(call: Call) -> Response:
    found = _owner(call) if "inspection" in call.request.path_params else call.applicant()
    item = _image(call, found)
    headers = {"Content-Length": str(item["size"])}
    chunks = image.content(item["kind"], item["size"], int(item["id"]))
    return StreamingResponse(chunks, headers=headers, media_type=image.TYPES[item["kind"]])


async def set_inactive(call: Call) -> Response:
    found = _owner(call)
    item = _image(call, found)
    if found.status in BUSY:
        raise Problem(304, "Applicant is being checked")
    item["deactivated"] = call.query("revert", needed=False) != "true"
    return ok()


def _owner(call: Call) -> Applicant:
    owner = call.twin.store.by_inspection.get(call.request.path_params["inspection"])
    if owner is None:
        raise Problem(404, "Inspection not found")
    found = call.twin.store.applicants[owner]
    call.twin.settle(found, call.now)
    return found


def _image(call: Call, found: Applicant) -> dict[str, Any]:
    item = next((item for item in found.images if item["id"] == call.request.path_params["image"]), None)
    if item is None or item.get("gone"):
        raise Problem(404, "Image not found")
    return item
