"""Uploads: announced, read and deleted. `app.service.document.receiver` receives their bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids, upload
from app.domain.upload import Origin, UploadStatus
from app.errors import UserFault
from app.model.customer import Customer
from app.model.file import File
from app.model.upload import Upload
from app.notify.wakeup import FETCH_DOCUMENT, WAKE_AGAIN_SECONDS
from app.service.dependencies import Dependencies
from app.service.trust import validation
from app.service.trust.vault import DataKeyCipher
from app.service.work import idempotency
from app.store.db import Session, now

OPERATION = "createUpload"
URL = "upload.url"
PURPOSE = "upload"
LIFE = dt.timedelta(hours=1)
# The period in which a document's URL is fetched and retried. The fetched file is kept.
FETCH_LIFE = dt.timedelta(days=1)
MOST_A_DAY = 100
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class NewUpload:
    customer_id: str
    content_type: str
    size: int
    sha256: str | None = None
    idempotency_key: str | None = None


def check(new: NewUpload) -> None:
    faults = [*validation.idempotency_key(new.idempotency_key)]
    if new.content_type not in upload.TYPES:
        hint = f"Use one of: {', '.join(upload.TYPES)}."
        faults.append(UserFault(upload.WRONG_TYPE.code, upload.WRONG_TYPE.message, ["input", "contentType"], hint))
    for wrong, remark in ((new.size < upload.SMALLEST, upload.TOO_SMALL), (new.size > upload.LARGEST, upload.TOO_LARGE)):
        if wrong:
            faults.append(UserFault(remark.code, remark.message, ["input", "size"]))
    if new.sha256 is not None and not SHA256.fullmatch(new.sha256):
        message = "This is not a SHA-256 in lower-case hexadecimal."
        faults.append(UserFault("INVALID_HASH", message, ["input", "sha256"], "64 characters of 0-9 and a-f."))
    validation.refuse(faults)


async def create(deps: Dependencies, tenant_id: str, new: NewUpload) -> str:
    """Announces a file that a client will send. Returns the upload's id. Raises UserFault, UserFaults."""
    check(new)
    given = {"customer": new.customer_id, "type": new.content_type, "size": new.size, "sha256": new.sha256}
    request = idempotency.Request(tenant_id, OPERATION, new.idempotency_key, idempotency.canonical(OPERATION, given))
    upload_id = ids.new("upl")

    async def make(session: Session) -> None:
        found = await session.execute(
            select(Customer.deactivated_at).where(Customer.id == new.customer_id, Customer.tenant_id == tenant_id)
        )
        row = found.first()
        if row is None:
            raise UserFault("NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Check the id.")
        if row.deactivated_at is not None:
            raise UserFault("CUSTOMER_DEACTIVATED", "The customer is deactivated.", ["input", "customerId"])
        at = deps.clock.now()
        await within_measure(session, new.customer_id, at, more=1, path=("input", "customerId"))
        announced = {"content_type": new.content_type, "size": new.size, "sha256": new.sha256}
        await _insert(session, upload_id, tenant_id, new.customer_id, Origin.PUT, at, at + LIFE, **announced)

    return await idempotency.once(deps, request, upload_id, make)


async def within_measure(session: Session, customer_id: str, at: dt.datetime, *, more: int, path: Sequence[str]) -> None:
    """Raises UserFault if `more` files would exceed a customer's daily limit, which also bounds uploads by customer tokens."""
    query = select(func.count()).where(Upload.customer_id == customer_id, Upload.created_at > at - dt.timedelta(days=1))
    if int((await session.execute(query)).scalar() or 0) + more > MOST_A_DAY:
        message = f"At most {MOST_A_DAY} files are taken of one customer a day."
        raise UserFault("TOO_MANY_UPLOADS", message, path, "Try again tomorrow.")


async def fetch_later(deps: Dependencies, session: Session, row: Any, url: str, context: str, cipher: DataKeyCipher) -> str:
    """Queues the fetch of a customer's document from a URL. Returns the upload's id."""
    upload_id, at = ids.new("upl"), deps.clock.now()
    values = {"url": cipher.seal(url.encode(), URL), "context": context}
    await _insert(session, upload_id, row.tenant_id, row.id, Origin.URL, at, at + FETCH_LIFE, **values)
    session.wake(FETCH_DOCUMENT, upload_id)
    return upload_id


async def show(session: Session, upload_id: str, context: str) -> None:
    """Stores the context of an upload and of its file, for example `photo-document-front`."""
    await session.execute(update(Upload).where(Upload.id == upload_id).values(context=context))
    await session.execute(update(File).where(File.upload_id == upload_id).values(context=context))


async def _insert(
    session: Session, upload_id: str, tenant_id: str, customer_id: str, origin: Origin, at: Any, expires_at: Any, **values: Any
) -> None:
    await session.execute(
        insert(Upload).values(
            id=upload_id,
            tenant_id=tenant_id,
            customer_id=customer_id,
            origin=origin,
            status=UploadStatus.WAITING,
            attempts=0,
            fence=0,
            due_at=now(),
            wake_at=now(WAKE_AGAIN_SECONDS),
            created_at=at,
            expires_at=expires_at,
            **values,
        )
    )


def token(deps: Dependencies, row: Any) -> str:
    """Returns the signed token of the URL to which the bytes are sent."""
    return deps.vault.sign(PURPOSE, [row.tenant_id, row.id, int(row.expires_at.timestamp())])


async def by_ids(connection: AsyncConnection | Session, tenant_id: str, upload_ids: Collection[str]) -> Sequence[Any]:
    query = select(Upload.__table__).where(Upload.tenant_id == tenant_id, Upload.id.in_(list(upload_ids)))
    found: Sequence[Any] = (await connection.execute(query)).all()
    return found


async def files(connection: AsyncConnection, tenant_id: str, upload_ids: Collection[str]) -> Sequence[Any]:
    """Returns the stored files of uploads."""
    query = select(File.__table__).where(File.tenant_id == tenant_id, File.upload_id.in_(list(upload_ids)))
    found: Sequence[Any] = (await connection.execute(query)).all()
    return found


async def forget_unsent(session: Session, *, at: dt.datetime) -> int:
    """Deletes expired uploads whose file was never sent, and returns their number."""
    gone = await session.execute(
        delete(Upload).where(
            Upload.origin == Origin.PUT,
            Upload.status == UploadStatus.WAITING,
            Upload.expires_at < at - LIFE,
            Upload.place.is_(None),
        )
    )
    return gone.rowcount
