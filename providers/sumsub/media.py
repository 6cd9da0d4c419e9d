"""Selection of an applicant's images per process, with the context of each.

Selects images that are active, green and from the last attempt.
Source: docs.sumsub.com/reference/get-information-about-document-images.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.process.outcome import FileCategory, MediaReference
from providers.sumsub import document
from providers.sumsub.extraction import Extraction
from providers.tree import Tree

FRONT, BACK, SELFIE, VIDEO, ADDRESS = (
    "photo-document-front",
    "photo-document-back",
    "photo-selfie",
    "video",
    "address-proof",
)
PERSON_TYPES = {
    "SELFIE": (SELFIE, FileCategory.IMAGE),
    "VIDEO_SELFIE": (VIDEO, FileCategory.VIDEO),
    "IDENTITY_VIDEO": (VIDEO, FileCategory.VIDEO),
}
# The maximum number of files per process.
MOST = 10


def of_identity(extraction: Extraction, proof: Tree) -> tuple[MediaReference, ...]:
    """Returns front, back, selfie and video, at most one of each, from the last attempt."""
    taken: dict[str, MediaReference] = {}
    for item in _taken(extraction, (*document.IDENTITY_STEPS, "SELFIE", "SELFIE2")):
        kind = item.at("idDocDef", "idDocType").text or ""
        if kind in PERSON_TYPES:
            context, category = PERSON_TYPES[kind]
        elif kind == proof.at("idDocType").text and document.same_country(item.at("idDocDef", "country"), proof.at("country")):
            context, category = _side(item, taken), FileCategory.DOCUMENT
        else:
            continue
        taken.setdefault(context, MediaReference(item.at("id").id or "", context, category))
    if not any(context in taken for context in (FRONT, BACK)):
        taken |= _named_by_steps(extraction)
    order = (FRONT, BACK, SELFIE, VIDEO)
    return tuple(taken[context] for context in order if context in taken)


def of_residence(extraction: Extraction) -> tuple[MediaReference, ...]:
    """Returns the pages of the proof of address, at most ten."""
    pages = [
        item.at("id").id or ""
        for item in _taken(extraction, document.RESIDENCE_STEPS)
        if item.at("idDocDef", "idDocType").text in document.RESIDENCE_TYPES
    ]
    if not pages:
        pages = [image for step in document.green_steps(extraction, document.RESIDENCE_STEPS) for image in _images(step)]
    return tuple(MediaReference(page, ADDRESS, FileCategory.DOCUMENT) for page in pages[:MOST])


def _side(item: Tree, taken: dict[str, MediaReference]) -> str:
    """Returns the side of an image. Without a sub-type the first image is the front and the next one the back."""
    side = item.at("idDocDef", "idDocSubType").text
    if side == "BACK_SIDE":
        return BACK
    return BACK if side is None and FRONT in taken else FRONT


def _taken(extraction: Extraction, steps: Iterable[str]) -> list[Tree]:
    """Returns the usable items in Sumsub's order. Keeps only the last attempt of each kind."""
    green = {image for step in document.green_steps(extraction, tuple(steps)) for image in _images(step)}
    usable = [
        item
        for item in extraction.resources.at("items").items()
        if item.at("id").id and item.at("deactivated").value is not True and _is_green(item, green)
    ]
    last: dict[tuple[str | None, str | None], tuple[str, str | None]] = {}
    for item in usable:
        mark = (item.at("addedDate").text or "", item.at("attemptId").text)
        last[_kind(item)] = max(last.get(_kind(item), ("", None)), mark, key=lambda entry: entry[0])
    return [item for item in usable if item.at("attemptId").text == last[_kind(item)][1]]


def _is_green(item: Tree, green: set[str]) -> bool:
    """Returns True if the item is green by its own verdict or, without one, if a green step names it."""
    answer = item.at("reviewResult", "reviewAnswer").text
    return answer == "GREEN" or (answer is None and item.at("id").id in green)


def _kind(item: Tree) -> tuple[str | None, str | None]:
    return item.at("idDocDef", "idDocType").text, item.at("idDocDef", "idDocSubType").text


def _images(step: Tree) -> list[str]:
    """Returns the step's image ids in order, without individually refused images. The first is the front, the next the back."""
    verdicts = step.at("imageReviewResults")
    named = [image.id for image in step.at("imageIds").items() if image.id]
    return [image for image in named if verdicts.at(image, "reviewAnswer").text in (None, "GREEN")]


def _named_by_steps(extraction: Extraction) -> dict[str, MediaReference]:
    for step in document.green_steps(extraction, document.IDENTITY_STEPS):
        images = _images(step)
        if images:
            sides = zip((FRONT, BACK), images, strict=False)
            return {side: MediaReference(image, side, FileCategory.DOCUMENT) for side, image in sides}
    return {}
