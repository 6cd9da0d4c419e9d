"""Signed file URLs: short-lived, bound to one file of one tenant and valid for nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import select

from app.model.file import File
from app.service.dependencies import Dependencies
from app.service.document.blob import BlobStore
from app.service.trust import data_key

FILE_SECONDS = 300


@dataclass(frozen=True)
class Opened:
    """A file ready to be served: its bytes as a stream, with type, size and name."""

    content_type: str
    size: int
    name: str
    chunks: AsyncIterator[bytes]


def for_file(deps: Dependencies, tenant_id: str, file_id: str) -> str:
    expires = int(deps.clock.now().timestamp()) + FILE_SECONDS
    return deps.vault.sign("file", [tenant_id, file_id, expires])


async def open_file(deps: Dependencies, blobs: BlobStore, token: str) -> Opened | None:
    """Returns the file of a signed URL, or None if the URL is forged or expired or the file was erased."""
    content = deps.vault.verify("file", token)
    if not isinstance(content, list) or content[2] < deps.clock.now().timestamp():
        return None
    tenant_id, file_id, _ = content
    async with deps.database.reading() as connection:
        query = select(File.__table__).where(File.id == file_id, File.tenant_id == tenant_id)
        row = (await connection.execute(query)).first()
        if row is None:
            return None
        cipher = (await data_key.ciphers(connection, deps.vault, tenant_id, [row.customer_id])).get(row.customer_id)
    if cipher is None:
        return None
    suffix = row.content_type.rsplit("/", 1)[-1]
    return Opened(row.content_type, row.size, f"{row.id}.{suffix}", blobs.get(row.blob, cipher))
