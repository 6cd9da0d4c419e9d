"""The blob store: encrypted files, written and read as streams in constant memory.

A file is a sequence of pieces of at most 1 MB, each sealed with AES-256-GCM under the customer's key. Each piece is bound to its
number and carries a last-piece mark, so pieces cannot be cut off, swapped or moved to another file.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from app.domain.normal import content
from app.errors import CorruptData, GatehouseError
from app.service.trust.vault import NONCE, DataKeyCipher

PIECE = 1 << 20
SIZE_LIMIT = 64 * 1024 * 1024
# S3 requires parts of at least 5 MB, except the last.
PART, PARTS_AT_ONCE = 5 * PIECE, 2
FRAME = struct.Struct(">I")


class FileRefused(GatehouseError):
    """A refusal to store a file. `reason` is one of `type`, `size`, `empty`."""

    code = "FILE_REFUSED"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Stored:
    content_type: str
    size: int
    sha256: str


def open_store(url: str) -> ObjectStore:
    """Returns the store for a `file://`, `s3://`, `gs://` or `az://` URL. Creates a missing folder."""
    if url.startswith("file://"):
        return LocalStore(Path(urlsplit(url).path), mkdir=True)
    return from_url(url)


class BlobStore:
    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, path: str, chunks: AsyncIterator[bytes], cipher: DataKeyCipher) -> Stored:
        """Stores a stream and returns its size, hash and detected type. Raises FileRefused and keeps nothing then."""
        meter = _Meter(chunks)
        first = await meter.piece()
        content_type = content.sniff(first[: content.HEAD])
        if not first:
            raise FileRefused("empty", "The file is empty.")
        if content_type is None:
            raise FileRefused("type", "The file is neither JPEG, PNG, PDF, MP4, QuickTime nor WebM.")
        frames = _sealed(meter, first, cipher, path)
        # Most images are one piece and one request. Larger files are uploaded in parts, with few in memory at a time.
        large = len(first) == PIECE
        await obstore.put_async(self._store, path, frames, use_multipart=large, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
        return Stored(content_type, meter.size, meter.hash.hexdigest())

    async def get(self, path: str, cipher: DataKeyCipher) -> AsyncIterator[bytes]:
        """Yields the clear bytes of a stored file, piece by piece. Raises CorruptData if it is missing or was changed."""
        try:
            answer = await obstore.get_async(self._store, path)
        except FileNotFoundError:
            raise CorruptData("a stored file is missing") from None
        held = bytearray()
        number, last = 0, False
        async for chunk in answer.stream(min_chunk_size=PIECE):
            held += chunk
            while len(held) >= FRAME.size:
                (length,) = FRAME.unpack_from(held)
                if length > PIECE + NONCE + 17:
                    raise CorruptData("a stored file is damaged")
                if len(held) < FRAME.size + length:
                    break
                clear = cipher.open(bytes(held[FRAME.size : FRAME.size + length]), f"{path}|{number}")
                del held[: FRAME.size + length]
                number, last = number + 1, clear[:1] == b"\1"
                yield clear[1:]
        if held or not last:
            raise CorruptData("a stored file is cut short")

    async def remove(self, path: str) -> None:
        try:
            await obstore.delete_async(self._store, path)
        except FileNotFoundError:
            return

    async def reachable(self) -> bool:
        """Returns True if a small object can be written."""
        try:
            await obstore.put_async(self._store, f"health/{os.getpid()}", b"ok")
        except (BaseError, OSError):
            return False
        return True


class _Meter:
    """A reader that cuts a stream into pieces and computes its size and hash."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._held = bytearray()
        self.size = 0
        self.hash = hashlib.sha256()

    async def piece(self) -> bytes:
        """Returns the next piece, which is shorter than PIECE only at the end of the stream. Raises FileRefused above the limit."""
        while len(self._held) < PIECE:
            chunk = await anext(self._chunks, None)
            if chunk is None:
                break
            self.size += len(chunk)
            if self.size > SIZE_LIMIT:
                raise FileRefused("size", "The file is larger than 64 MB.")
            self.hash.update(chunk)
            self._held += chunk
        piece = bytes(self._held[:PIECE])
        del self._held[:PIECE]
        return piece


async def _sealed(meter: _Meter, piece: bytes, cipher: DataKeyCipher, path: str) -> Any:
    number = 0
    while True:
        following = await meter.piece()
        sealed = cipher.seal((b"\0" if following else b"\1") + piece, f"{path}|{number}")
        yield FRAME.pack(len(sealed)) + sealed
        if not following:
            return
        piece, number = following, number + 1
