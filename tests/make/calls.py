"""Every call of every vendor, as a test makes it: prepared, then run; run again it finds what it needs."""

from __future__ import annotations

import io
import itertools
import zipfile
from typing import Any

import orjson

from tests.make.vendor import Run, Vendor

JPEG = b"\xff\xd8\xff\xe0" + b"picture"
_numbers = itertools.count(1)
Ids = dict[str, str]


def fresh(prefix: str) -> str:
    return f"{prefix}-{next(_numbers)}"


async def prepare_sumsub(vendor: Vendor) -> Ids:
    """An approved applicant, a blank one, a share token."""
    scenario = await vendor.ask("applicants", scenario="passport")
    applicant = scenario["applicantId"]
    blank = orjson.loads(await vendor.client.applicants.create(fresh("ext"), "id-only"))["id"]
    found = orjson.loads(await vendor.client.applicants.read(applicant))
    images = orjson.loads(await vendor.client.documents.list(applicant))["items"]
    token = (await vendor.ask("share-tokens", scenario="passport"))["token"]
    return {
        "applicant": applicant,
        "blank": blank,
        "external": found["externalUserId"],
        "inspection": found["inspectionId"],
        "image": images[0]["id"],
        "token": token,
    }


async def prepare_veriff(vendor: Vendor) -> Ids:
    """A decided session and a fresh one."""
    decided = (await vendor.ask("sessions", scenario="passport"))["sessionId"]
    created = orjson.loads(await vendor.client.create_session(vendor_data="ours"))["verification"]["id"]
    attempt = orjson.loads(await vendor.client.attempts(decided))["verifications"][0]["id"]
    media = orjson.loads(await vendor.client.media(decided))["images"][0]["id"]
    return {"decided": decided, "created": created, "attempt": attempt, "media": media}


async def _stream(opened: Any) -> bytes:
    async with opened as download:
        return b"".join([chunk async for chunk in download.chunks])


def archive(external: str) -> bytes:
    buffer = io.BytesIO()
    applicant = {
        "externalUserId": external,
        "info": {"firstName": "Iria"},
        "review": {"levelName": "id-only", "reviewStatus": "completed", "reviewResult": {"reviewAnswer": "GREEN"}},
    }
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("applicant.json", orjson.dumps(applicant))
        file.writestr("passport/applicantIdDoc.json", orjson.dumps({"idDocType": "PASSPORT", "country": "ESP"}))
        file.writestr("passport/front.jpg", JPEG)
    return buffer.getvalue()


async def _submit(vendor: Vendor, ids: Ids) -> bytes:
    await vendor.client.add_media(ids["created"], "document-front", JPEG)
    return await vendor.client.submit_session(ids["created"])  # type: ignore[no-any-return]


COMPLETED = {"reviewStatus": "completed", "reviewResult": {"reviewAnswer": "GREEN"}}
SUMSUB: dict[str, Run] = {
    "health": lambda v, i: v.client.service.health(),
    "digest-test": lambda v, i: v.client.service.digest("SoMe_SeCrEt_KeY", b"someText"),
    "sdk-token": lambda v, i: v.client.access.sdk_token(i["external"], "id-only", identifiers={"email": "a@example.com"}),
    "sdk-token-by-query": lambda v, i: v.client.access.sdk_token_by_query("user+1 @x", "id-only"),
    "sdk-token-by-body": lambda v, i: v.client.access.sdk_token_by_body("user-1", "id-only", action_id="a1"),
    "hosted-link": lambda v, i: v.client.access.hosted_link(
        "user-1", "id-only", ttl_seconds=60, redirect={"successUrl": "https://a"}
    ),
    "hosted-link-by-query": lambda v, i: v.client.access.hosted_link_by_query("user 1", "id-only", ttl_seconds=60),
    "share-token": lambda v, i: v.client.access.share_token(i["applicant"], "partner"),
    "share-token-by-query": lambda v, i: v.client.access.share_token_by_query(i["applicant"], "partner"),
    "reuse": lambda v, i: v.client.importing.reuse(i["token"], fresh("r"), "id-only", source_key="shop"),
    "reuse-preview": lambda v, i: v.client.importing.preview(i["token"], fresh("p"), "id-only"),
    "import": lambda v, i: v.client.importing.copy(i["token"], fresh("c"), trust_review=True, reset_steps=("SELFIE",)),
    "import-completed": lambda v, i: v.client.importing.completed({"externalUserId": fresh("d"), "review": COMPLETED}, "id-only"),
    "import-archive": lambda v, i: v.client.importing.archive(archive(fresh("z"))),
    "create": lambda v, i: v.client.applicants.create(
        fresh("n"),
        "id-only",
        fixed_info={"firstName": "Iria", "addresses": [{"country": "ESP"}]},
        email="a@example.com",
        phone="+34600000000",
        lang="es",
        source_key="shop",
        metadata=[{"key": "k", "value": "v"}],
    ),
    "applicant": lambda v, i: v.client.applicants.read(i["applicant"]),
    "applicant-by-external-id": lambda v, i: v.client.applicants.read_by_external_id(i["external"]),
    "change-level": lambda v, i: v.client.applicants.change_level(i["applicant"], "id-and-poa"),
    "required-documents": lambda v, i: v.client.applicants.required_documents(i["applicant"]),
    "change-fixed-info": lambda v, i: v.client.applicants.change_fixed_info(i["applicant"], {"firstName": "Irene"}),
    "change-top-level": lambda v, i: v.client.applicants.change_top_level(i["applicant"], {"lang": "en"}),
    "block": lambda v, i: v.client.applicants.block(i["applicant"], "A fake document & more"),
    "set-presence": lambda v, i: v.client.applicants.set_presence(i["applicant"], active=False),
    "set-risk-level": lambda v, i: v.client.applicants.set_risk_level(i["applicant"], "high", "Danger"),
    "add-tags": lambda v, i: v.client.applicants.add_tags(i["applicant"], ["VIP", "821"]),
    "reset": lambda v, i: v.client.applicants.reset(i["applicant"]),
    "reset-step": lambda v, i: v.client.applicants.reset_step(i["applicant"], "SELFIE"),
    "aml-case": lambda v, i: v.client.applicants.aml_case(i["applicant"]),
    "review-status": lambda v, i: v.client.reviews.status(i["applicant"]),
    "steps-status": lambda v, i: v.client.reviews.steps(i["applicant"]),
    "moderation-states": lambda v, i: v.client.reviews.moderation_states(i["applicant"]),
    "request-check": lambda v, i: v.client.reviews.request_check(i["applicant"], reason="Please look again"),
    "sandbox-verdict": lambda v, i: v.client.reviews.set_sandbox_verdict(
        i["applicant"], "RED", labels=["FORGERY"], reject_type="FINAL"
    ),
    "add-document": lambda v, i: v.client.documents.add(
        i["blank"], {"idDocType": "PASSPORT", "country": "ESP"}, JPEG + fresh("p").encode()
    ),
    "resources": lambda v, i: v.client.documents.list(i["applicant"]),
    "image": lambda v, i: _stream(v.client.documents.image(i["applicant"], i["image"])),
    "image-of-inspection": lambda v, i: _stream(v.client.documents.image_of_inspection(i["inspection"], i["image"])),
    "set-inactive": lambda v, i: v.client.documents.set_inactive(i["inspection"], i["image"]),
}
VERIFF: dict[str, Run] = {
    "create-session": lambda v, i: v.client.create_session(
        vendor_data="ours", person={"firstName": "Iria"}, document={"type": "PASSPORT"}, proof_of_address=["GAS_BILL"]
    ),
    "submit-session": _submit,
    "delete-session": lambda v, i: v.client.delete_session(i["decided"]),
    "add-media": lambda v, i: v.client.add_media(i["created"], "face", JPEG, timestamp="2026-11-21T10:00:00Z"),
    "add-collected-data": lambda v, i: v.client.add_collected_data(i["created"], {"browser": "x"}),
    "decision": lambda v, i: v.client.decision(i["decided"]),
    "full-auto-decision": lambda v, i: v.client.full_auto_decision(i["decided"]),
    "person": lambda v, i: v.client.person(i["decided"]),
    "attempts": lambda v, i: v.client.attempts(i["decided"]),
    "session-media": lambda v, i: v.client.media(i["decided"]),
    "attempt-media": lambda v, i: v.client.attempt_media(i["attempt"]),
    "media": lambda v, i: _stream(v.client.file(i["media"])),
    "watchlist-screening": lambda v, i: v.client.watchlist_screening(i["decided"]),
    "validate-registry": lambda v, i: v.client.validate_registry(i["decided"], {"number": "1"}),
    "validate-registry-at-once": lambda v, i: v.client.validate_registry_at_once({"number": "1"}),
}
CALLS: dict[str, dict[str, Run]] = {"sumsub": SUMSUB, "veriff": VERIFF}
PREPARE = {"sumsub": prepare_sumsub, "veriff": prepare_veriff}
