"""Sumsub payloads as a test wants them: a whole applicant, changed in the places that matter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

from app.domain.provider import Snapshot
from app.domain.reference import Reference
from providers.sumsub.twin.scenario import load
from providers.twin.scenario import merged

FETCHED_AT = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
REVIEW = {
    "reviewStatus": "completed",
    "reviewResult": {"reviewAnswer": "GREEN"},
    "createDate": "2026-03-02 09:15:40+0000",
    "reviewDate": "2026-03-02 09:20:11+0000",
}


def snapshot(*, applicant: Any = None, steps: Any = None, items: Any = None, review: Any = None) -> Snapshot:
    """The passport scenario's payloads with JSON merge patches; `items` replaces the list of resources."""
    scenario = load()["passport"]
    whole = merged({"id": "a1", **scenario.applicant, "review": REVIEW}, applicant or {})
    payloads = {
        "applicant": merged(whole, {"review": review or {}}),
        "status": merged(REVIEW, review or {}),
        "steps": merged(scenario.steps, steps or {}),
        "resources": {"items": items if items is not None else [item("1", "PASSPORT"), item("2", "UTILITY_BILL")]},
    }
    return Snapshot((Reference("a1"),), {name: orjson.dumps(value) for name, value in payloads.items()}, FETCHED_AT)


def item(number: str, kind: str, *, side: str | None = None, country: str = "ESP", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "addedDate": "2026-03-02 09:15:02",
        "idDocDef": {"country": country, "idDocType": kind, "idDocSubType": side},
        "reviewResult": {"reviewAnswer": "GREEN"},
        "attemptId": "At1",
        "deactivated": False,
        **more,
    }


def document(kind: str, **more: Any) -> dict[str, Any]:
    return {"idDocType": kind, "country": "ESP", "firstName": "IRIA", "lastName": "VALE MONTES", "number": "N1", **more}
