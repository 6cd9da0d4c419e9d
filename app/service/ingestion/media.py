"""Download of a verification's files: streamed from the provider into the blob store, several at a time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from app.domain.normal import content
from app.domain.process import KycProcess
from app.domain.process.outcome import FileCategory, MediaReference, Outcome
from app.domain.provider import Provider, Snapshot
from app.errors import Answered, ProcessFault
from app.service.document.blob import BlobStore, FileRefused
from app.service.ingestion.finding import Finding, Kept
from app.service.trust.vault import DataKeyCipher

STEP = "download-provider-files"
AT_ONCE = 4
GONE = frozenset({404, 410})


async def fetch_all(
    blobs: BlobStore,
    provider: Provider,
    row: Any,
    snapshot: Snapshot,
    waiting: Mapping[KycProcess, Outcome],
    cipher: DataKeyCipher,
) -> dict[KycProcess, Finding]:
    """Downloads the files of each process. An unavailable file fails only its process. Raises temporary faults."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(process: KycProcess, reference: MediaReference) -> Kept | ProcessFault:
        async with gate:
            return await _fetch(blobs, provider, _path(row, process, reference), snapshot, reference, cipher)

    async def all_of(process: KycProcess, outcome: Outcome) -> Finding:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(process, reference)) for reference in outcome.media]
        fetched = [task.result() for task in tasks]
        faults = [item for item in fetched if isinstance(item, ProcessFault)]
        kept = tuple(item for item in fetched if isinstance(item, Kept))
        if faults:
            for item in kept:
                await blobs.remove(item.path)
            return Finding(faults[0])
        return Finding(outcome, kept)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = {process: group.create_task(all_of(process, outcome)) for process, outcome in waiting.items()}
    except BaseExceptionGroup as several:
        raise _first(several) from None
    return {process: task.result() for process, task in tasks.items()}


def _first(several: BaseExceptionGroup) -> BaseException:
    """Returns the first plain exception of a nested exception group."""
    found = several.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def _path(row: Any, process: KycProcess, reference: MediaReference) -> str:
    """Returns the blob path of a file. It is the same for every attempt, so an interrupted attempt leaves nothing behind."""
    name = hashlib.sha256(reference.vendor_id.encode()).hexdigest()[:24]
    return f"{row.tenant_id}/{row.customer_id}/{row.id}/{process.lower()}-{name}"


async def _fetch(
    blobs: BlobStore,
    provider: Provider,
    path: str,
    snapshot: Snapshot,
    reference: MediaReference,
    cipher: DataKeyCipher,
) -> Kept | ProcessFault:
    try:
        async with provider.download(snapshot, reference) as download:
            stored = await blobs.put(path, download.chunks, cipher)
    except Answered as fault:
        if fault.passing:
            raise
        hint = "The provider no longer has this file." if fault.status in GONE else provider.explain(fault).hint
        return _refusal(reference, "The provider did not hand the file over.", hint, status=fault.status)
    except FileRefused as refusal:
        return _refusal(reference, str(refusal), "Look at the file in the provider's dashboard.", reason=refusal.reason)
    category, context = _seen_as(reference, stored.content_type)
    if category is None:
        await blobs.remove(path)
        message = f"A file of type {stored.content_type} cannot be a {reference.context}."
        return _refusal(reference, message, "Look at the file in the provider's dashboard.", reason="type")
    return Kept(reference.vendor_id, context, category, stored, path)


def _seen_as(reference: MediaReference, content_type: str) -> tuple[FileCategory | None, str]:
    """Returns category and context by the content type: a video in place of an image is a video. None means not allowed."""
    if content_type in content.VIDEO:
        return (None, "") if reference.category is FileCategory.DOCUMENT else (FileCategory.VIDEO, "video")
    if reference.category is FileCategory.VIDEO:
        return None, ""
    if reference.category is FileCategory.IMAGE and content_type == "application/pdf":
        return None, ""
    return reference.category, reference.context


def _refusal(reference: MediaReference, message: str, hint: str | None, **details: Any) -> ProcessFault:
    details |= {"context": reference.context, "fileId": reference.vendor_id}
    return ProcessFault("provider_file_download_failed", message, hint, STEP, details)
