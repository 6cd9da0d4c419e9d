"""The twin's handlers, one per call."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from starlette.responses import Response, StreamingResponse

from app.domain.normal import content as types
from providers.twin import image
from providers.veriff import vocabulary
from providers.veriff.twin import payload
from providers.veriff.twin.answer import Problem, json
from providers.veriff.twin.desk import Call
from providers.veriff.twin.store import FINAL, Session

VENDOR_DATA_LIMIT = 1000
MEDIA_LIMIT = 24 * 1024 * 1024
KINDS = {"image/jpeg": "jpeg", "image/png": "png", "application/pdf": "pdf", "video/mp4": "mp4"}
KNOWN = frozenset({
    "callback", "person", "document", "address", "proofOfAddress", "vendorData", "endUserId", "consents",
})  # fmt: skip
# The scenario of a session by the first name in the call, as in older documentation.
BY_FIRST_NAME = {"decline": "declined", "resubmit": "resubmission"}
# Test e-mail addresses of the sandbox. The twin decides these sessions without an applicant opening them.
BY_EMAIL = {
    "test-success@example.com": "passport",
    "test-rfi@example.com": "resubmission",
    "test-rejected@example.com": "declined",
    "test-delay@example.com": "passport",
}


async def create(call: Call) -> Response:
    given = call.json().get("verification")
    if not isinstance(given, dict) or set(given) - KNOWN:
        raise Problem(400, f"verification is an object with some of: {', '.join(sorted(KNOWN))}")
    if len(str(given.get("vendorData") or "")) > VENDOR_DATA_LIMIT:
        raise Problem(400, "vendorData is too long")
    person = given.get("person") or {}
    first, email = str(person.get("firstName") or "").lower(), str(person.get("email") or "").lower()
    scenario = call.twin.options.scenarios[BY_EMAIL.get(email) or BY_FIRST_NAME.get(first, "passport")]
    made = call.twin.store.make(scenario, call.integration, given, call.now, blank=True)
    if email in BY_EMAIL:
        call.twin.decide_by_itself(made)
    token = base64.urlsafe_b64encode(made.id.encode()).decode()
    content = {
        "id": made.id,
        "url": f"{_address(call)}/v/{token}",
        "vendorData": given.get("vendorData"),
        "host": _address(call),
        "status": "created",
        "sessionToken": token,
    }
    return json({"status": "success", "verification": content}, 201)


async def submit(call: Call) -> Response:
    found, given = call.session(), call.json().get("verification")
    if not isinstance(given, dict) or given.get("status") != "submitted":
        raise Problem(400, "verification.status must be submitted")
    if found.status not in ("created", "started"):
        raise Problem(409, f"The session is {found.status}")
    if not any(item["attempt"] == found.attempt.id for item in found.media):
        raise Problem(400, "The session has no media")
    call.twin.submit(found, call.now)
    return json({"status": "success", "verification": {"id": found.id, "status": "submitted"}})


async def delete(call: Call) -> Response:
    found = call.session()
    if not call.twin.options.deletion:
        raise Problem(403, "Deleting sessions is not enabled")
    if found.status not in FINAL | {"created", "started", "resubmission_requested"}:
        raise Problem(409, "The session is not complete")
    if found.status in ("created", "started"):
        call.twin.decide(found, call.now, "expired" if found.status == "created" else "abandoned", {})
    del call.twin.store.sessions[found.id]
    return json({"status": "success", "verification": {"id": found.id}})


async def add_media(call: Call) -> Response:
    found, given = call.session(), call.json().get("image")
    if found.status not in ("created", "started"):
        raise Problem(409, f"The session is {found.status}")
    if not isinstance(given, dict) or given.get("context") not in vocabulary.words("contexts"):
        raise Problem(400, "image needs a known context")
    text = str(given.get("content") or "").partition(";base64,")
    encoded = text[2] or text[0]
    if len(encoded) > MEDIA_LIMIT:
        raise Problem(413, "The image is too large")
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(400, "image.content is not base64") from None
    kind = KINDS.get(types.sniff(content) or "")
    if kind is None:
        raise Problem(400, "The image is of no known type")
    call.twin.start(found)
    item: dict[str, Any] = {"id": call.twin.store.new_id("media"), "attempt": found.attempt.id, "context": given["context"]}
    found.media.append({**item, "kind": kind, "size": len(content), "number": len(found.media)})
    return json({"status": "success", "image": {"id": item["id"], "context": given["context"], "sessionId": found.id}})


async def add_collected_data(call: Call) -> Response:
    call.session()
    call.json()
    return json({"status": "success"})


async def decision(call: Call) -> Response:
    found = call.session()
    return json(found.before if call.stale and found.before else payload.decision(found))


async def full_auto(call: Call) -> Response:
    return json(payload.full_auto(call.session()))


async def person(call: Call) -> Response:
    return json(payload.person(call.session()))


async def attempts(call: Call) -> Response:
    return json(payload.attempts(call.session()))


async def media(call: Call) -> Response:
    found = call.session()
    return json(payload.media(found, found.attempt.id, _address(call)))


async def attempt_media(call: Call) -> Response:
    wanted = call.request.path_params["attempt"]
    for found in call.twin.store.sessions.values():
        if found.integration == call.integration and any(attempt.id == wanted for attempt in found.attempts):
            return json(payload.media(found, wanted, _address(call)))
    raise Problem(404, "Attempt not found")


async def file(call: Call) -> Response:
    wanted = call.request.path_params["media"]
    sessions = [found for found in call.twin.store.sessions.values() if found.integration == call.integration]
    item = next((item for found in sessions for item in found.media if item["id"] == wanted), None)
    if item is None or item.get("gone"):
        raise Problem(404, "Media not found")
    chunks = image.content(item["kind"], item["size"], item["number"])
    headers = {"Content-Length": str(item["size"])}
    return StreamingResponse(chunks, headers=headers, media_type=image.TYPES[item["kind"]])


async def watchlist(call: Call) -> Response:
    found = call.session()
    if found.watchlist is None:
        raise Problem(404, "There is no watchlist screening")
    return json({"status": "success", "data": payload.watchlist(found, "updated_result")})


async def validate_registry(call: Call) -> Response:
    found = call.session()
    call.json()
    call.twin.tell("registry", found, {"sessionId": found.id, "eventType": "registry", **_registry(found)})
    return json({"status": "success"})


async def validate_registry_at_once(call: Call) -> Response:
    call.json()
    return json({"status": "success", "registryValidation": {"documentValid": True, "personIsAlive": True}})


def _registry(found: Session) -> dict[str, Any]:
    return {"attemptId": found.attempt.id, "registryValidation": {"documentValid": True, "personIsAlive": True}}


def _address(call: Call) -> str:
    return f"http://{call.request.headers.get('host', 'localhost')}"
