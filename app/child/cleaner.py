"""The child process that opens what strangers sent: `python -m app.child.cleaner TYPE` with the file on standard input.

Everything that decodes a hostile file happens here, under limits of memory, time and file size, and never in a process that
holds keys. Answers one line of JSON, then the file written anew: pixels without metadata, pages without actions.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import orjson

from app.domain import upload
from app.domain.upload import Remark

MEMORY, SECONDS = 1 << 30, 20
OBJECTS_MOST = 200_000
# What makes a PDF more than paper: scripts, programs, forms that send themselves, things inside.
KEYS = frozenset({"/JS", "/XFA", "/EmbeddedFiles", "/EF", "/RichMedia"})
ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoToE"})
GREY = frozenset({"1", "L", "LA", "I", "I;16", "F"})


class Refused(Exception):
    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code)
        self.remark = remark


def main() -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(kind, (most, most))
    warnings.simplefilter("ignore")
    content = sys.stdin.buffer.read()
    try:
        cleaned, remarks = _paper(content) if sys.argv[1] == "application/pdf" else _picture(content)
        head: dict[str, Any] = {"warnings": [remark.plain() for remark in remarks]}
    except Refused as refusal:
        cleaned, head = b"", {"refused": refusal.remark.plain()}
    except MemoryError:
        cleaned, head = b"", {"refused": upload.TOO_COSTLY.plain()}
    except Exception:  # whatever a decoder stumbles over, the file is what is wrong
        cleaned, head = b"", {"refused": upload.DAMAGED.plain()}
    sys.stdout.buffer.write(orjson.dumps(head) + b"\n" + cleaned)


def _picture(content: bytes) -> tuple[bytes, list[Remark]]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted here, from the header, before anything is decoded
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        if opened.width * opened.height > upload.PIXELS_MOST:
            raise Refused(upload.TOO_MANY_PIXELS)
        opened.load()
        remarks = list(_remarks(opened))
        picture = ImageOps.exif_transpose(opened)
        buffer = io.BytesIO()
        if opened.format == "JPEG":
            plain = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
            _bare(plain).save(buffer, "JPEG", quality=95, subsampling=0)
        else:
            _bare(picture).save(buffer, "PNG")
    return buffer.getvalue(), remarks


def _bare(picture: Any) -> Any:
    """Returns the pixels and nothing else."""
    picture.info.clear()
    return picture


def _remarks(picture: Any) -> Iterator[Remark]:
    if picture.mode in GREY or _is_grey(picture):
        yield upload.NO_COLOUR
    dpi = picture.info.get("dpi")
    stated = min(dpi) if isinstance(dpi, tuple) and len(dpi) == 2 else None
    # Cameras state 72 whatever they see, so a picture with pixels enough is sharp enough.
    if max(picture.size) < upload.SIDE_LEAST or (stated is not None and 72 < stated < upload.DPI_LEAST):
        yield upload.LOW_RESOLUTION


def _is_grey(picture: Any) -> bool:
    small = picture.convert("RGB").resize((64, 64))
    red, green, blue = (list(band.getdata()) for band in small.split())
    return all(max(pixel) - min(pixel) <= 8 for pixel in zip(red, green, blue, strict=True))


def _paper(content: bytes) -> tuple[bytes, list[Remark]]:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Refused(upload.ENCRYPTED)
    if not 1 <= len(reader.pages) <= upload.PAGES_MOST:
        raise Refused(upload.TOO_MANY_PAGES)
    _no_actions(reader.trailer)
    writer = PdfWriter()
    for page in reader.pages:
        kept = writer.add_page(page)
        for key in ("/Annots", "/AA", "/Metadata", "/PieceInfo"):
            if key in kept:
                del kept[key]
    writer.metadata = None
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue(), []


def _no_actions(trailer: Any) -> None:
    """Walks every object of the document once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting, seen = [trailer], set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            if len(seen) > OBJECTS_MOST:
                raise Refused(upload.TOO_COSTLY)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            if KEYS & set(found) or found.get("/S") in ACTIONS:
                raise Refused(upload.ACTIVE)
            waiting += list(dict.values(found))
        elif isinstance(found, ArrayObject):
            waiting += list(list.__iter__(found))


if __name__ == "__main__":
    main()
