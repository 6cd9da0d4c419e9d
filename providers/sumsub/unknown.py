"""Drift in Sumsub's responses: words and fields that `vocabulary` does not know."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.drift import MOST, DriftKind, Unknown, unknown
from app.domain.provider import Snapshot
from providers.sumsub import vocabulary
from providers.sumsub.extraction import APPLICANT, MODERATION, RESOURCES, STATUS, STEPS
from providers.tree import Tree


def find(snapshot: Snapshot) -> tuple[Unknown, ...]:
    """Returns the unknown words and fields of a snapshot, each once, at most `MOST`."""
    return tuple(dict.fromkeys(_all(snapshot)))[:MOST]


def _all(snapshot: Snapshot) -> Iterator[Unknown]:
    places = {name: Tree.parse(body) for name, body in snapshot.payloads.items()}
    nothing = Tree(None)
    yield from _review(places.get(STATUS, nothing), "status")
    yield from _steps(places.get(STEPS, nothing))
    yield from _moderation(places.get(MODERATION, nothing))
    for item in places.get(RESOURCES, nothing).at("items").items():
        yield from _type(item.at("idDocDef", "idDocType"), "resources.items.idDocDef.idDocType")
    applicant = places.get(APPLICANT, nothing)
    yield from _fields(applicant, "applicant", "applicantFields")
    yield from _review(applicant.at("review"), "applicant.review")
    for document in applicant.at("info", "idDocs").items():
        yield from _type(document.at("idDocType"), "applicant.info.idDocs.idDocType")


def _review(review: Tree, place: str) -> Iterator[Unknown]:
    yield from _fields(review, place, "reviewFields")
    yield from _word(DriftKind.STATUS, f"{place}.reviewStatus", review.at("reviewStatus"), "reviewStatuses")
    yield from _fields(review.at("reviewResult"), f"{place}.reviewResult", "reviewResultFields")
    yield from _result(review.at("reviewResult"), f"{place}.reviewResult")


def _result(result: Tree, place: str) -> Iterator[Unknown]:
    yield from _word(DriftKind.ANSWER, f"{place}.reviewAnswer", result.at("reviewAnswer"), "answers")
    yield from _word(DriftKind.REJECT_TYPE, f"{place}.reviewRejectType", result.at("reviewRejectType"), "rejectTypes")
    for label in result.at("rejectLabels").items():
        yield from _word(DriftKind.LABEL, f"{place}.rejectLabels", label, "rejectLabels")
    for button in result.at("buttonIds").items():
        yield from unknown(DriftKind.BUTTON, f"{place}.buttonIds", button.text, vocabulary.buttons())


def _steps(steps: Tree) -> Iterator[Unknown]:
    for name, step in steps.fields():
        yield from unknown(DriftKind.STEP, "steps", name, vocabulary.words("steps"))
        yield from _type(step.at("idDocType"), "steps.idDocType")
        yield from _result(step.at("reviewResult"), "steps.reviewResult")
        for _, verdict in step.at("imageReviewResults").fields():
            yield from _result(verdict, "steps.imageReviewResults")


def _moderation(moderation: Tree) -> Iterator[Unknown]:
    newest = moderation.at("list", "items").first()
    for button, _ in newest.at("applicantState").fields():
        yield from unknown(DriftKind.BUTTON, "moderation.applicantState", button, vocabulary.buttons())
    for _, entry in newest.at("imagesStates").fields():
        for button, _state in entry.at("state").fields():
            yield from unknown(DriftKind.BUTTON, "moderation.imagesStates.state", button, vocabulary.buttons())


def _type(place: Tree, name: str) -> Iterator[Unknown]:
    yield from _word(DriftKind.DOCUMENT_TYPE, name, place, "documentTypes")


def _word(kind: DriftKind, name: str, place: Tree, words: str) -> Iterator[Unknown]:
    yield from unknown(kind, name, place.text, vocabulary.words(words))


def _fields(place: Tree, name: str, words: str) -> Iterator[Unknown]:
    for field, _ in place.fields():
        yield from unknown(DriftKind.FIELD, name, field, vocabulary.words(words))
