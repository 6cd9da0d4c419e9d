"""The JSON payloads of the twin's responses and webhooks."""

from __future__ import annotations

from typing import Any

from providers.twin import image
from providers.veriff.twin.store import Session, stamp

CODES = {
    "approved": 9001,
    "declined": 9102,
    "resubmission_requested": 9103,
    "expired": 9104,
    "abandoned": 9104,
    "review": 9121,
}
EVENTS = {"started": 7001, "submitted": 7002}


def verification(session: Session) -> dict[str, Any] | None:
    """Returns the `verification` of a decision, or None if there is no decision yet."""
    if session.decision is None or session.decided_at is None:
        return None
    return {
        "id": session.id,
        "attemptId": session.attempt.id,
        "code": CODES.get(session.status, 9999),
        "status": session.status,
        "reason": None,
        "reasonCode": None,
        "vendorData": session.given.get("vendorData"),
        "endUserId": session.given.get("endUserId"),
        "acceptanceTime": stamp(session.created_at),
        "submissionTime": stamp(session.created_at),
        "decisionTime": stamp(session.decided_at),
        "person": {},
        "document": {},
        "comments": [],
        "additionalVerifiedData": {},
        "riskLabels": [],
        **session.decision,
    }


def decision(session: Session) -> dict[str, Any]:
    """Returns the payload of `GET /sessions/{id}/decision` and of the decision webhook."""
    return {"status": "success", "verification": verification(session), "technicalData": {"ip": "203.0.113.7"}}


def full_auto(session: Session) -> dict[str, Any]:
    found = verification(session)
    return {"status": "success", "verification": found and {**found, "decisionScore": 0.98, "insights": []}}


def person(session: Session) -> dict[str, Any]:
    return {"status": "success", "person": (verification(session) or {}).get("person") or {}}


def attempts(session: Session) -> dict[str, Any]:
    return {
        "status": "success",
        "verifications": [
            {"id": item.id, "status": item.status, "createdTime": stamp(item.created_at)} for item in session.attempts
        ],
    }


def media(session: Session, attempt_id: str, address: str) -> dict[str, Any]:
    """Returns the media of one attempt. Sizes are numbers for images and texts for videos, as at Veriff."""
    items = [
        {
            "id": item["id"],
            "name": item["context"],
            "context": item["context"],
            "mimetype": image.TYPES[item["kind"]],
            "size": item["size"] if item["kind"] != "mp4" else str(item["size"]),
            "sessionId": session.id,
            "url": f"{address}/v1/media/{item['id']}",
            **({"duration": "4.2"} if item["kind"] == "mp4" else {}),
        }
        for item in session.media
        if item["attempt"] == attempt_id
    ]
    videos = [item for item in items if item["mimetype"] == "video/mp4"]
    return {"status": "success", "images": [item for item in items if item not in videos], "videos": videos}


def watchlist(session: Session, check: str) -> dict[str, Any]:
    found = session.watchlist or {}
    return {
        "checkType": check,
        "attemptId": session.attempt.id,
        "sessionId": session.id,
        "vendorData": session.given.get("vendorData"),
        "endUserId": session.given.get("endUserId"),
        "matchStatus": "no_match",
        "monitorStatus": None,
        "searchTerm": {"name": "", "year": ""},
        "totalHits": 0,
        "createdAt": stamp(session.decided_at or session.created_at),
        "hits": [],
        **found,
    }


def event(session: Session, action: str) -> dict[str, Any]:
    return {
        "id": session.id,
        "attemptId": session.attempt.id,
        "feature": "selfid",
        "code": EVENTS[action],
        "action": action,
        "vendorData": session.given.get("vendorData"),
        "endUserId": session.given.get("endUserId"),
    }


def disturbed(content: dict[str, Any]) -> dict[str, Any]:
    """Returns the payload with undocumented fields and values added."""
    more: dict[str, Any] = {"fieldOfTomorrow": {"deep": [1, None]}}
    if isinstance(content.get("verification"), dict):
        more["verification"] = {**content["verification"], "fieldOfTomorrow": 1, "reasonCode": 999}
    return {**content, **more}
