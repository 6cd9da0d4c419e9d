"""Reception of uploads: the original bytes are sealed and stored, then cleaned in a separate process and stored again.

An upload becomes STORED in the transaction that writes its file, after both blobs are complete.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import insert, select, update

from app.domain import ids, upload
from app.domain.process.outcome import FileCategory
from app.domain.upload import UploadStatus
from app.errors import CorruptData, StaleFence
from app.log import place
from app.model import upload as upload_model
from app.model.file import File
from app.model.upload import Upload
from app.service.dependencies import Dependencies
from app.service.document import sample
from app.service.document import upload as uploads
from app.service.document.blob import BlobStore, FileRefused, Stored
from app.service.document.cleaner import Cleaned, Cleaner, Unusable
from app.service.document.fetch import Fetcher, FetchRefused
from app.service.fact import UploadRefused
from app.service.trust import data_key
from app.service.trust.vault import DataKeyCipher
from app.service.work import lease
from app.store.db import Session, now, transaction

log = structlog.get_logger(module=__name__)

ATTEMPTS = 6
RETRY_SECONDS = 2.0
# The suffix of the original bytes, stored beside the clean copy.
ORIGINAL = ".original"
TIDY = 200
# The source of the bytes, open only until they are stored.
Source = AbstractAsyncContextManager[AsyncIterator[bytes]]


@dataclass(frozen=True)
class Receiver:
    """A receiver of files, sent by clients or fetched from URLs."""

    deps: Dependencies
    blobs: BlobStore
    cleaner: Cleaner
    fetcher: Fetcher

    async def receive(self, token: str, content_type: str, source: Source) -> Any | None:
        """Stores the bytes sent to a signed URL. Returns the upload's row, or None if the URL is invalid or expired.

        Raises Unusable, after which the right file may still be sent, and StaleFence if the upload already has its file.
        """
        content = self.deps.vault.verify(uploads.PURPOSE, token)
        if not isinstance(content, list) or content[2] < self.deps.clock.now().timestamp():
            return None
        async with transaction(self.deps.database) as session:
            row = await _locked(session, content[1])
            ciphers = await data_key.ciphers(session, self.deps.vault, content[0], [row.customer_id]) if row else {}
            if row is None or not ciphers:
                return None
            if row.status != UploadStatus.WAITING:
                raise StaleFence(row.id)
            if content_type != row.content_type:
                raise Unusable(upload.OTHER_TYPE)
            # Of two concurrent requests to one URL, the later one wins.
            path = _path(row)
            await session.execute(update(Upload).where(Upload.id == row.id).values(fence=row.fence + 1, place=path))
        await self._keep(row, row.fence + 1, path, source, ciphers[row.customer_id])
        return row

    async def fetch(self, upload_id: str, *, lease_seconds: float) -> None:
        """Fetches a document from its URL. Does nothing if the upload is no longer waiting."""
        async with transaction(self.deps.database) as session:
            row = await _locked(session, upload_id)
            if row is None or row.status != UploadStatus.WAITING or row.url is None:
                return
            path = _path(row)
            if not await lease.take(session, Upload, row, lease_until=now(lease_seconds), attempts=row.attempts + 1, place=path):
                return
            ciphers = await data_key.ciphers(session, self.deps.vault, row.tenant_id, [row.customer_id])
        fence, cipher = row.fence + 1, ciphers.get(row.customer_id)
        if cipher is None:
            return  # the customer was erased
        try:
            async with lease.leased(self.deps.database, Upload, row.id, fence=fence, lease_seconds=lease_seconds):
                await self._fetch(row, fence, path, cipher)
        except StaleFence:
            log.info("upload.lease_lost", upload_id=upload_id)
        except asyncio.CancelledError:
            await asyncio.shield(self._put_back(row, fence, 0.0))
            raise

    async def _fetch(self, row: Any, fence: int, path: str, cipher: DataKeyCipher) -> None:
        url = cipher.open(row.url, uploads.URL).decode()
        try:
            if row.attempts >= ATTEMPTS:
                # Every attempt died before it released the row, so the file itself probably kills the worker.
                await self._refuse(row, fence, upload.TOO_COSTLY)
                return
            source: Source = nullcontext(sample.chunks()) if self.fetcher.is_sample(url) else self.fetcher.open(url)
            await self._keep(row, fence, path, source, cipher)
        except FetchRefused as refusal:
            if refusal.passing and row.attempts + 1 < ATTEMPTS:
                await self._put_back(row, fence, RETRY_SECONDS * 2**row.attempts)
            else:
                await self._refuse(row, fence, refusal.remark)
        except Unusable as refusal:
            await self._refuse(row, fence, refusal.remark)
        except StaleFence:
            raise
        except Exception as problem:  # the outermost handler: any other error is retried, then the upload is refused
            log.error("upload.defect", upload_id=row.id, error=type(problem).__name__, at=place(problem))
            if row.attempts + 1 < ATTEMPTS:
                await self._put_back(row, fence, RETRY_SECONDS * 2**row.attempts)
            else:
                await self._refuse(row, fence, upload.URL_FAILED)

    async def _put_back(self, row: Any, fence: int, after: float) -> None:
        try:
            async with transaction(self.deps.database) as session:
                await upload_model.write(session, row.id, fence=fence, lease_until=None, due_at=now(after), wake_at=now(after))
        except StaleFence:
            return

    async def _refuse(self, row: Any, fence: int, remark: upload.Remark) -> None:
        async with transaction(self.deps.database) as session:
            at = self.deps.clock.now()
            await upload_model.move(session, row, to=UploadStatus.REFUSED, fence=fence, error=remark.plain(), ended_at=at)
            session.tell(UploadRefused(row.tenant_id, row.customer_id))

    async def tidy(self) -> None:
        """Removes blobs that interrupted attempts left behind, for uploads that were refused or have expired."""
        over = (Upload.status == UploadStatus.REFUSED) | (Upload.expires_at < self.deps.clock.now())
        query = select(Upload.id, Upload.place).where(Upload.place.is_not(None), Upload.status != UploadStatus.STORED, over)
        async with self.deps.database.reading() as connection:
            rows = (await connection.execute(query.limit(TIDY))).all()
        for row in rows:
            await self._remove(row.place)
            async with transaction(self.deps.database) as session:
                await session.execute(update(Upload).where(Upload.id == row.id, Upload.place == row.place).values(place=None))

    async def _keep(self, row: Any, fence: int, path: str, source: Source, cipher: DataKeyCipher) -> None:
        original = f"{path}{ORIGINAL}"
        if row.place is not None:
            await self._remove(row.place)
        try:
            async with source as chunks:
                raw = await self._set_aside(row, original, chunks, cipher)
            cleaned = await self.cleaner.clean(raw.content_type, self.blobs.get(original, cipher))
            stored = await self.blobs.put(path, cleaned.chunks(), cipher)
            async with transaction(self.deps.database) as session:
                await self._record(session, row, fence, cleaned, stored, path)
        except CorruptData:
            # A later attempt has removed the blobs of this one.
            raise StaleFence(row.id) from None
        except BaseException:
            await asyncio.shield(self._remove(path))
            raise

    async def _remove(self, path: str) -> None:
        for blob in (path, f"{path}{ORIGINAL}"):
            await self.blobs.remove(blob)

    async def _set_aside(self, row: Any, path: str, chunks: AsyncIterator[bytes], cipher: DataKeyCipher) -> Stored:
        """Stores the original bytes, sealed, and returns their measurements. Raises Unusable unless they match the announcement."""
        try:
            raw = await self.blobs.put(path, _bounded(chunks, row.size or upload.LARGEST), cipher)
        except FileRefused as refusal:
            raise Unusable(upload.TOO_SMALL if refusal.reason == "empty" else upload.WRONG_TYPE) from None
        for wrong, remark in (
            (raw.content_type not in upload.TYPES, upload.WRONG_TYPE),
            (row.content_type not in (raw.content_type, None), upload.OTHER_TYPE),
            (row.size not in (raw.size, None), upload.OTHER_SIZE),
            (raw.size < upload.SMALLEST, upload.TOO_SMALL),
            (row.sha256 not in (raw.sha256, None), upload.OTHER_HASH),
        ):
            if wrong:
                raise Unusable(remark)
        return raw

    async def _record(self, session: Session, row: Any, fence: int, cleaned: Cleaned, stored: Stored, path: str) -> None:
        at = self.deps.clock.now()
        remarks = [remark.plain() for remark in cleaned.warnings]
        await upload_model.move(session, row, to=UploadStatus.STORED, fence=fence, warnings=remarks, ended_at=at, place=None)
        await session.execute(
            insert(File).values(
                id=ids.new("fil"),
                tenant_id=row.tenant_id,
                customer_id=row.customer_id,
                upload_id=row.id,
                position=0,
                category=FileCategory.DOCUMENT,
                context=row.context or "document",
                content_type=stored.content_type,
                size=stored.size,
                sha256=stored.sha256,
                blob=path,
                original=f"{path}{ORIGINAL}",
                created_at=at,
            )
        )


async def _locked(session: Session, upload_id: str) -> Any | None:
    query = select(Upload.__table__).where(Upload.id == upload_id).with_for_update(key_share=True)
    return (await session.execute(query)).first()


def _path(row: Any) -> str:
    """Returns the blob path of the next attempt. Each attempt has its own path, so overlapping attempts cannot collide."""
    return f"{row.tenant_id}/{row.customer_id}/uploads/{row.id}-{row.fence + 1}"


async def _bounded(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """Yields the chunks of a body. Raises Unusable as soon as it is longer than announced."""
    seen = 0
    async for chunk in chunks:
        seen += len(chunk)
        if seen > most:
            raise Unusable(upload.TOO_LARGE if most == upload.LARGEST else upload.OTHER_SIZE)
        yield chunk
