"""Twin handlers for imported applicants."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson
from starlette.responses import Response

from providers.sumsub.twin import payload
from providers.sumsub.twin.answer import Problem, json
from providers.sumsub.twin.applicant import NEWCOMER
from providers.sumsub.twin.desk import Call
from providers.sumsub.twin.store import Applicant

TOKEN_LIMIT = 1024
ENTRY_LIMIT = 64 * 1024 * 1024


async def reuse(call: Call) -> Response:
    level = call.level(call.query("levelName"))
    return _redeemed(call, "reuse", level)


async def preview(call: Call) -> Response:
    call.level(call.query("levelName"))
    call.twin.store.donor(call.query("shareToken"), call.query("userId", needed=False))
    return json({"status": "ok"})


async def copy(call: Call) -> Response:
    level = call.level(call.query("levelName", needed=False) or next(iter(sorted(call.twin.options.levels))))
    return _redeemed(call, "import", level)


def _redeemed(call: Call, product: str, level: str) -> Response:
    token, external = call.query("shareToken"), call.query("userId", needed=False)
    if len(token) > TOKEN_LIMIT:
        raise Problem(401, "Token is invalid")
    found = call.twin.store.redeem(token, external=external, level=level, at=call.now, product=product)
    reset = [name for name in call.query("resetIdDocSetTypes", needed=False).split(",") if name]
    for image in found.images:
        image["deactivated"] = image.get("deactivated", False) or image.get("step", "IDENTITY") in reset
    found.steps |= dict.fromkeys(reset)
    if reset:
        call.twin.tell("applicantCreated", found, call.now)
    else:
        call.twin.admit(found, call.now)
    return json(payload.applicant(found))


async def completed(call: Call) -> Response:
    level = call.level(call.query("levelName", needed=False) or next(iter(sorted(call.twin.options.levels))))
    return json(payload.applicant(_decided(call, call.json(), level)), 201)


async def archive(call: Call) -> Response:
    if call.request.headers.get("content-type") != "application/zip":
        raise Problem(415, "Send application/zip")
    try:
        files = zipfile.ZipFile(io.BytesIO(call.body))
        given = orjson.loads(_entry(files, "applicant.json"))
    except (zipfile.BadZipFile, KeyError, orjson.JSONDecodeError) as problem:
        raise Problem(400, f"The archive cannot be processed: {type(problem).__name__}") from None
    level = call.level(str((given.get("review") or {}).get("levelName", "")))
    found = _decided(call, given, level)
    for name in sorted(entry for entry in files.namelist() if entry.endswith("/applicantIdDoc.json")):
        document = orjson.loads(_entry(files, name))
        if not document.get("idDocType") or not document.get("country"):
            raise Problem(400, f"{name} needs idDocType and country")
        found.steps["IDENTITY"] = {**document, "reviewResult": {"reviewAnswer": "GREEN"}}
    return json(payload.applicant(found), 201)


def _entry(files: zipfile.ZipFile, name: str) -> bytes:
    if files.getinfo(name).file_size > ENTRY_LIMIT:
        raise Problem(400, f"{name} is too big")
    return files.read(name)


def _decided(call: Call, given: dict[str, Any], level: str) -> Applicant:
    external, review = given.get("externalUserId"), given.get("review") or {}
    if not isinstance(external, str) or external in call.twin.store.by_external or not review.get("reviewStatus"):
        raise Problem(400, "A fresh externalUserId and a review are required")
    found = call.twin.store.make(call.twin.options.scenarios[NEWCOMER], external=external, level=level, at=call.now, blank=True)
    found.facts = {key: value for key, value in given.items() if key not in ("externalUserId", "review")}
    call.twin.decide(found, call.now, review["reviewStatus"], review.get("reviewResult"))
    return found
