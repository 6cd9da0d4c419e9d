"""The media of each process. Takes one file per context, because Veriff lists the best one first."""

from __future__ import annotations

from app.domain.process.outcome import FileCategory, MediaReference
from providers.tree import Tree
from providers.veriff.decision import Extraction

# Our context, and the Veriff contexts that match it, best first. The plain name is the second shot, `-pre` the first.
IDENTITY: tuple[tuple[str, FileCategory, tuple[str, ...]], ...] = (
    (
        "photo-document-front",
        FileCategory.DOCUMENT,
        ("document-front", "document-front-pre", "document-front-qrcode", "document-front-qrcode-pre"),
    ),
    (
        "photo-document-back",
        FileCategory.DOCUMENT,
        (
            "document-back",
            "document-back-pre",
            "document-back-barcode",
            "document-back-barcode-pre",
            "document-back-qrcode",
            "document-back-qrcode-pre",
        ),
    ),
    ("photo-selfie", FileCategory.IMAGE, ("face", "face-pre")),
    ("photo-selfie-and-document-front", FileCategory.IMAGE, ("document-and-face", "document-and-face-pre")),
)
RESIDENCE = ("address-front", "generic-document-front")
MOST = 10


def of_identity(extraction: Extraction) -> tuple[MediaReference, ...]:
    images = list(extraction.media.at("images").items())
    taken = []
    for context, category, names in IDENTITY:
        found = next((image for name in names for image in images if _context(image) == name and image.at("id").id), None)
        if found is not None:
            taken.append(MediaReference(found.at("id").id or "", context, category))
    video = next((item for item in extraction.media.at("videos").items() if _is_video(item)), None)
    if video is not None:
        taken.append(MediaReference(video.at("id").id or "", "video", FileCategory.VIDEO))
    return tuple(taken)


def of_residence(extraction: Extraction) -> tuple[MediaReference, ...]:
    pages = [image.at("id").id for image in extraction.media.at("images").items() if _context(image) in RESIDENCE]
    return tuple(MediaReference(page, "address-proof", FileCategory.DOCUMENT) for page in pages if page)[:MOST]


def holds(media: Tree, media_id: str) -> bool:
    """Returns True if a session's media list contains this file."""
    return any(item.at("id").id == media_id for kind in ("images", "videos") for item in media.at(kind).items())


def _context(item: Tree) -> str | None:
    return item.at("context").text


def _is_video(item: Tree) -> bool:
    return bool(item.at("id").id) and (_context(item) or "").endswith("video")
