"""State of an applicant: Sumsub's review mapped to our stages, with every step, image, label and button.

Source: API reference, "Getting applicant review status" and "Getting applicant verification steps status". The answer counts
only with `completed`. RED with FINAL is closed; RED with RETRY lets the applicant submit again.
"""

from __future__ import annotations

import hashlib

import orjson

from app.domain.normal import date
from app.domain.provider import Snapshot
from app.domain.verification import ImageReview, RejectType, ReviewAnswer, Stage, StepReview, VendorState
from providers.sumsub import vocabulary
from providers.sumsub.extraction import APPLICANT, MODERATION, STATUS, STEPS
from providers.tree import Tree

COMPLETED = "completed"
# `awaitingUser` and `awaitingService` belong to workflows that are still running. A status missing here changes no stage.
STAGES: dict[str, Stage] = {
    "init": Stage.CREATED,
    "pending": Stage.IN_PROGRESS,
    "prechecked": Stage.IN_PROGRESS,
    "queued": Stage.IN_PROGRESS,
    "onHold": Stage.IN_PROGRESS,
    "awaitingUser": Stage.IN_PROGRESS,
    "awaitingService": Stage.IN_PROGRESS,
}
REFUSED = {RejectType.RETRY: Stage.RESUBMISSION_REQUESTED, RejectType.FINAL: Stage.DECLINED}


def read(snapshot: Snapshot) -> VendorState:
    review, applicant = Tree.parse(snapshot.payloads.get(STATUS)), Tree.parse(snapshot.payloads.get(APPLICANT))
    result, status = review.at("reviewResult"), review.at("reviewStatus").text
    decided = status == COMPLETED
    answer = answer_of(result) if decided else None
    refused = reject_type(result) if answer is ReviewAnswer.RED else None
    pressed = _pressed(Tree.parse(snapshot.payloads.get(MODERATION)))
    return VendorState(
        stage=_stage(status, answer, refused),
        review_status=status,
        answer=answer,
        labels=_texts(result.at("rejectLabels")) if decided else (),
        reject_type=refused,
        buttons=_merged(_texts(result.at("buttonIds")), pressed.get("", ())) if decided else (),
        customer_comment=result.at("moderationComment").text if decided else None,
        internal_comment=result.at("clientComment").text if decided else None,
        level=review.at("levelName").text or applicant.at("review", "levelName").text,
        external_id=applicant.at("externalUserId").text,
        attempt=review.at("attemptCnt").number or 0,
        decided_at=date.moment(review.at("reviewDate").value) if decided else None,
        active=None if not applicant else applicant.at("deleted").value is not True,
        data_digest=_digest(applicant),
        steps=tuple(_steps(Tree.parse(snapshot.payloads.get(STEPS)), pressed)),
    )


def reject_type(result: Tree) -> RejectType:
    """Returns the given reject type, or RETRY if all labels default to RETRY. Any other refusal is FINAL."""
    given = result.at("reviewRejectType").text
    if given in list(RejectType):
        return RejectType(given)
    defaults = {vocabulary.default_reject_type(label) for label in _texts(result.at("rejectLabels"))}
    return RejectType.RETRY if defaults == {"RETRY"} else RejectType.FINAL


def answer_of(result: Tree) -> ReviewAnswer | None:
    given = result.at("reviewAnswer").text
    return ReviewAnswer(given) if given in list(ReviewAnswer) else None


def _stage(status: str | None, answer: ReviewAnswer | None, refused: RejectType | None) -> Stage | None:
    if status != COMPLETED:
        return STAGES.get(status or "")
    if answer is ReviewAnswer.GREEN:
        return Stage.APPROVED
    return REFUSED[refused] if refused else None


def _steps(steps: Tree, pressed: dict[str, tuple[str, ...]]) -> list[StepReview]:
    found = []
    for name, step in steps.fields():
        result, verdicts = step.at("reviewResult"), step.at("imageReviewResults")
        images = [image.id for image in step.at("imageIds").items() if image.id]
        found.append(
            StepReview(
                name=name,
                answer=result.at("reviewAnswer").text,
                document_type=step.at("idDocType").text,
                country=step.at("country").text,
                labels=_texts(result.at("rejectLabels")),
                customer_comment=result.at("moderationComment").text,
                internal_comment=result.at("clientComment").text,
                images=tuple(_image(image, verdicts.at(image), pressed) for image in images),
            )
        )
    return found


def _image(image_id: str, verdict: Tree, pressed: dict[str, tuple[str, ...]]) -> ImageReview:
    return ImageReview(
        image_id=image_id,
        answer=verdict.at("reviewAnswer").text,
        labels=_texts(verdict.at("rejectLabels")),
        buttons=_merged(_texts(verdict.at("buttonIds")), pressed.get(image_id, ())),
        customer_comment=verdict.at("moderationComment").text,
        internal_comment=verdict.at("clientComment").text,
    )


def _pressed(moderation: Tree) -> dict[str, tuple[str, ...]]:
    """Returns the newest state's active buttons by image id. The empty string holds those of the applicant as a whole."""
    newest = moderation.at("list", "items").first()
    found = {"": _active(newest.at("applicantState"))}
    for image, entry in newest.at("imagesStates").fields():
        found[image] = _active(entry.at("state"))
    return found


def _active(state: Tree) -> tuple[str, ...]:
    return tuple(button for button, entry in state.fields() if entry.at("value").value is True)


def _merged(*several: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for words in several for word in words))


def _texts(place: Tree) -> tuple[str, ...]:
    return tuple(item.text for item in place.items() if item.text)


def _digest(applicant: Tree) -> str | None:
    """Returns a digest of the applicant's personal data that reveals only that the data changed. None without an applicant."""
    if not applicant:
        return None
    content = [applicant.at("info").value, applicant.at("fixedInfo").value]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
