"""The payloads of the wire, made of a scenario."""

from __future__ import annotations

from typing import Any

from providers.sumsub.twin.store import Applicant, review, stamp

SETS = {
    "IDENTITY": ["PASSPORT", "ID_CARD", "RESIDENCE_PERMIT", "DRIVERS"],
    "SELFIE": ["SELFIE"],
    "PROOF_OF_RESIDENCE": ["UTILITY_BILL"],
}


def applicant(found: Applicant, now: float) -> dict[str, Any]:
    """`GET /resources/applicants/{id}/one`."""
    return {
        "id": found.id,
        "createdAt": stamp(found.created_at),
        "key": "GATEHOUSETWIN",
        "clientId": "gatehouse-twin",
        "inspectionId": found.inspection_id,
        "externalUserId": found.external_user_id,
        "type": "individual",
        "lang": "en",
        **found.scenario.applicant,
        "requiredIdDocs": {"docSets": [{"idDocSetType": name, "types": SETS.get(name, [])} for name in found.scenario.steps]},
        "review": review(found, now),
        "tags": [],
    }


def status(found: Applicant, now: float) -> dict[str, Any]:
    """`GET /resources/applicants/{id}/status`."""
    return review(found, now)


def steps(found: Applicant) -> dict[str, Any]:
    """`GET /resources/applicants/{id}/requiredIdDocsStatus`: image ids are numbers here."""
    answer: dict[str, Any] = {}
    for name, step in found.scenario.steps.items():
        if step is None:
            answer[name] = None
            continue
        images = [image for image in found.images if image.get("step", "IDENTITY") == name and not image.get("deactivated")]
        answer[name] = {
            **step,
            "imageIds": [int(image["id"]) for image in images],
            "imageReviewResults": {image["id"]: {"reviewAnswer": image.get("answer", "GREEN")} for image in images},
        }
    return answer


def resources(found: Applicant) -> dict[str, Any]:
    """`GET /resources/applicants/{id}/metadata/resources`: image ids are texts here."""
    items = []
    for index, image in enumerate(found.images):
        items.append(
            {
                "id": image["id"],
                "previewId": str(int(image["id"]) + 50),
                "addedDate": stamp(found.created_at + index),
                "fileMetadata": {
                    "fileName": f"{image['type'].lower()}.{image['kind']}",
                    "fileType": image["kind"],
                    "fileSize": image["size"],
                    "resolution": {"width": 1600, "height": 1100},
                },
                "idDocDef": {
                    "country": image.get("country"),
                    "idDocType": image["type"],
                    "idDocSubType": image.get("side"),
                },
                "reviewResult": {"reviewAnswer": image.get("answer", "GREEN")},
                "attemptId": image.get("attempt", found.id[5:10]),
                "source": image.get("source", "fileupload"),
                "deactivated": image.get("deactivated", False),
            }
        )
    return {"items": items, "totalItems": len(items)}


def disturbed(content: dict[str, Any]) -> dict[str, Any]:
    """The same with fields and values that no documentation knows."""
    return {**content, "fieldOfTomorrow": {"deep": [1, None, {"x": "y"}]}, "lang": "xx-UNKNOWN", "tags": [None, 7]}
