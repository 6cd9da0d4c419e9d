"""Response payloads, built from the twin's store."""

from __future__ import annotations

from typing import Any

from providers.sumsub.twin.store import Applicant, stamp

SETS = {
    "IDENTITY": ["PASSPORT", "ID_CARD", "RESIDENCE_PERMIT", "DRIVERS"],
    "SELFIE": ["SELFIE"],
    "PROOF_OF_RESIDENCE": ["UTILITY_BILL"],
}
LEVEL_STEPS = {"id-only": ("IDENTITY",), "id-and-poa": ("IDENTITY", "SELFIE", "PROOF_OF_RESIDENCE")}


def applicant(found: Applicant) -> dict[str, Any]:
    """Returns the payload of `GET /resources/applicants/{id}/one`."""
    return {
        "id": found.id,
        "createdAt": stamp(found.created_at),
        "key": "GATEHOUSETWIN",
        "clientId": "gatehouse-twin",
        "inspectionId": found.inspection_id,
        "externalUserId": found.external_user_id,
        "type": "individual",
        "lang": "en",
        **found.facts,
        "requiredIdDocs": required(found),
        "review": review(found),
        "tags": found.facts.get("tags", []),
        **({"deleted": True} if found.deleted else {}),
    }


def required(found: Applicant) -> dict[str, Any]:
    names = LEVEL_STEPS.get(found.level) or tuple(found.steps) or ("IDENTITY", "SELFIE")
    return {"docSets": [{"idDocSetType": name, "types": SETS.get(name, [])} for name in names]}


def required_types(found: Applicant) -> set[str]:
    return {kind for entry in required(found)["docSets"] for kind in entry["types"]}


def review(found: Applicant) -> dict[str, Any]:
    """Returns the current review: the payload of `GET /resources/applicants/{id}/status` and a part of the applicant."""
    content = {
        "reviewId": found.id[:5],
        "attemptId": found.id[5:10],
        "attemptCnt": found.attempt,
        "levelName": found.level,
        "createDate": stamp(found.created_at) + "+0000",
        "priority": 0,
        "reviewStatus": found.status,
    }
    if found.result is not None:
        content["reviewResult"] = found.result
    if found.reviewed_at is not None:
        content["reviewDate"] = stamp(found.reviewed_at) + "+0000"
    return content


def steps(found: Applicant) -> dict[str, Any]:
    """Returns the payload of `GET /resources/applicants/{id}/requiredIdDocsStatus`. Its `imageIds` are numbers."""
    answer: dict[str, Any] = {}
    for name, step in found.steps.items():
        if step is None:
            answer[name] = None
            continue
        images = [image for image in found.images if image.get("step", "IDENTITY") == name and not image.get("deactivated")]
        answer[name] = {
            **step,
            "imageIds": [int(image["id"]) for image in images],
            "imageReviewResults": {image["id"]: _verdict(image) for image in images},
        }
    return answer


def _verdict(image: dict[str, Any]) -> dict[str, Any]:
    return image.get("verdict") or {"reviewAnswer": image.get("answer", "GREEN")}


def resources(found: Applicant) -> dict[str, Any]:
    """Returns the payload of `GET /resources/applicants/{id}/metadata/resources`. Its image ids are strings."""
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
                "reviewResult": _verdict(image),
                "attemptId": image.get("attempt", found.id[5:10]),
                "source": image.get("source", "fileupload"),
                "deactivated": image.get("deactivated", False),
            }
        )
    return {"items": items, "totalItems": len(items)}


def moderation(found: Applicant) -> dict[str, Any]:
    """Returns the payload of `GET /resources/moderationStates/-;applicantId={id}`. Empty unless the applicant is refused."""
    if (found.result or {}).get("reviewAnswer") != "RED":
        return {"list": {"items": [], "totalItems": 0}}
    pressed = {button: {"value": True} for button in found.buttons.get("", [])}
    state = {
        "id": found.id[::-1],
        "applicantId": found.id,
        "key": "GATEHOUSETWIN",
        "applicantState": {**pressed, "regulationsViolations_duplicate": {"value": False}, "dataMismatch": {}},
        "imagesStates": {
            image: {"state": {button: {"value": True} for button in buttons}} for image, buttons in found.buttons.items() if image
        },
    }
    return {"list": {"items": [state], "totalItems": 1}}


def disturbed(content: dict[str, Any]) -> dict[str, Any]:
    """Returns the content with added undocumented fields and values."""
    more: dict[str, Any] = {"fieldOfTomorrow": {"deep": [1, None, {"x": "y"}]}, "lang": "xx-UNKNOWN", "tags": [None, 7]}
    if "reviewResult" in content:
        more["reviewResult"] = {**content["reviewResult"], "rejectLabels": ["LABEL_OF_TOMORROW"]}
    return {**content, **more}
