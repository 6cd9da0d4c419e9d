"""Pictures, documents and videos that the twins return: small, with a valid header, and padded to any size."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

CHUNK = 64 * 1024
TYPES = {"jpeg": "image/jpeg", "png": "image/png", "pdf": "application/pdf", "mp4": "video/mp4", "html": "text/html"}


def _png(shade: int) -> bytes:
    """Returns an 8 by 8 grey picture."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade]) * 8 for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


# A grey picture of one block: quantisation table of ones, one component, two trivial Huffman tables.
_JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
     b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    + b"\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00"
    + b"\xff\xc4\x00\x14\x00\x01" + b"\x00" * 15 + b"\x00"
    + b"\xff\xc4\x00\x14\x10\x01" + b"\x00" * 15 + b"\x00"
    + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f\xff\xd9"
)  # fmt: skip
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
_HTML = b"<!doctype html><script>alert(1)</script>"


def begin(kind: str, number: int) -> bytes:
    return {"jpeg": _JPEG, "png": _png(number % 200 + 30), "pdf": _PDF, "mp4": _MP4, "html": _HTML}[kind]


def content(kind: str, size: int, number: int) -> Iterator[bytes]:
    """Yields a file of exactly `size` bytes in chunks. The padding depends on `number`, so files differ."""
    head = begin(kind, number)[:size]
    yield head
    left = size - len(head)
    filler = (str(number).encode() + b" ") * (CHUNK // (len(str(number)) + 1) + 1)
    while left > 0:
        piece = filler[: min(CHUNK, left)]
        left -= len(piece)
        yield piece
