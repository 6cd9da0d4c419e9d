"""Declared data: submitted in parts, validated as a whole and stored sealed, with the fields that are still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from app.domain.customer import DATA_MAY_CHANGE, KycStatus, data_may_change, status
from app.domain.event import EventType, NewEvent
from app.domain.kyc import GOVERNMENT, Document, KycData, Submission, missing, plain, rule, stored
from app.domain.kyc.missing import Required
from app.domain.kyc.naming import camel
from app.domain.kyc.rule import Checked, Image
from app.domain.upload import UploadStatus
from app.errors import UserFault
from app.model import customer as customer_model
from app.service.customer import customer, fingerprint
from app.service.dependencies import Dependencies
from app.service.document import upload
from app.service.document.fetch import Fetcher
from app.service.trust import data_key, validation
from app.service.trust.vault import DataKeyCipher
from app.service.work import idempotency
from app.store.db import Session

OPERATION = "updateKycData"
DATA = "customer.kyc_data"
# The statuses in which an unusable document reopens a submission. A late document does not affect a verified customer.
UNDECIDED = frozenset({KycStatus.NOT_STARTED, KycStatus.PENDING, KycStatus.FAILED, KycStatus.AWAITING_RESUBMISSION})


@dataclass(frozen=True)
class Submitted:
    """A submission of declared data. `patch` uses the names of `KycData`: absent fields stay, None removes a field."""

    tenant_id: str
    customer_id: str
    patch: Mapping[str, Any] = field(repr=False)
    idempotency_key: str | None = None


async def submit(deps: Dependencies, fetcher: Fetcher, new: Submitted) -> None:
    """Stores a whole submission, or refuses it with all its faults. Raises UserFault, UserFaults."""
    validation.refuse([*validation.idempotency_key(new.idempotency_key)])
    value = orjson.dumps([OPERATION, new.customer_id, new.patch], option=orjson.OPT_SORT_KEYS)
    request = idempotency.Request(new.tenant_id, OPERATION, new.idempotency_key, value)

    async def make(session: Session) -> None:
        row = await customer_model.find_locked(session, new.tenant_id, new.customer_id)
        if row is None:
            raise UserFault("NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Check the id.")
        standing = customer_model.standing(row)
        if not data_may_change(standing):
            able = ", ".join(sorted(DATA_MAY_CHANGE))
            message = f"The data is locked: the customer's status is {status(standing)}."
            raise UserFault("PATCH_NOT_ALLOWED", message, ["input", "customerId"], f"Data may change in {able}.")
        await _take(deps, session, row, new.patch, fetcher)

    await idempotency.once(deps, request, new.customer_id, make)


async def _take(deps: Dependencies, session: Session, row: Any, patch: Mapping[str, Any], fetcher: Fetcher) -> None:
    cipher = (await data_key.ciphers(session, deps.vault, row.tenant_id, [row.id]))[row.id]
    at = deps.clock.now()
    checked = rule.submit(of(row, cipher), patch, today=at.date())
    known = {found.id: found for found in await upload.by_ids(session, row.tenant_id, _given_uploads(checked))}
    _check_images(checked, row, known, fetcher)
    validation.refuse(checked.faults)
    fetched = sum(image.url is not None for image in checked.images.values())
    if fetched:
        await upload.within_measure(session, row.id, at, more=fetched, path=("input", "kycData", "documents"))
    data = await _with_images(deps, session, row, checked, cipher)
    await fingerprint.remember(session, deps.vault, row.tenant_id, row.id, fingerprint.of_data(data))
    required = await _missing(deps, session, row, data, cipher)
    complete = Submission.INCOMPLETE if required else Submission.COMPLETE
    fields = sorted(camel(name) for name in patch)
    event = {"customerId": row.id, "fields": [f"kycData.{name}" for name in fields]}
    session.record(NewEvent(EventType.CUSTOMER_UPDATED, row.tenant_id, customer_id=row.id, data=event))
    await customer_model.submit(
        session,
        row,
        to=complete,
        at=at,
        reason="kyc_data_incomplete" if required else "kyc_data_submitted",
        required=missing.documents(required),
        submissions=row.submissions + 1,
        kyc_data=cipher.seal_json(plain(data), DATA),
        required_fields=[item.plain() for item in required],
        submitted_at=at,
    )


def _given_uploads(checked: Checked) -> list[str]:
    return [image.upload_id for image in checked.images.values() if image.upload_id]


def _check_images(checked: Checked, row: Any, known: Mapping[str, Any], fetcher: Fetcher) -> None:
    for (*place, side), image in checked.images.items():
        if image.url is not None:
            wrong = fetcher.fault(image.url)
            if wrong is not None and not fetcher.is_sample(image.url):
                checked.refuse((*place, f"{side}ImageUrl"), wrong.code, wrong.message)
            continue
        found, path = known.get(str(image.upload_id)), (*place, f"{side}UploadId")
        if found is None or found.customer_id != row.id:
            checked.refuse(path, "NOT_FOUND", "The customer has no such upload.", "Use the id that createUpload answered.")
        elif found.status == UploadStatus.WAITING:
            checked.refuse(
                path, "UPLOAD_NOT_RECEIVED", "The file has not been sent yet.", "PUT the bytes to the upload's address first."
            )
        elif found.status == UploadStatus.REFUSED:
            checked.refuse(path, found.error["code"], found.error["message"])


async def _with_images(deps: Dependencies, session: Session, row: Any, checked: Checked, cipher: DataKeyCipher) -> KycData:
    """Returns the data with an upload id for every image. Queues image URLs for a worker to fetch."""
    order = list(checked.order)
    found = {document.type: document for document in checked.data.documents}
    for (_, index, side), image in checked.images.items():
        kind = order[int(index)]
        upload_id = await _upload(deps, session, row, image, context(found[kind], side), cipher)
        found[kind] = replace(found[kind], **{f"{side}_upload_id": upload_id})
    return replace(checked.data, documents=tuple(found.values()))


async def _upload(deps: Dependencies, session: Session, row: Any, image: Image, shows: str, cipher: DataKeyCipher) -> str:
    if image.url is not None:
        return await upload.fetch_later(deps, session, row, image.url, shows, cipher)
    await upload.show(session, str(image.upload_id), shows)
    return str(image.upload_id)


def context(document: Document, side: str) -> str:
    """Returns the `File.context` of one side of a document."""
    return f"photo-document-{side}" if document.type in GOVERNMENT else "address-proof"


async def _missing(deps: Dependencies, session: Session, row: Any, data: KycData, cipher: DataKeyCipher) -> list[Required]:
    uploads = await upload.by_ids(session, row.tenant_id, data.upload_ids)
    unusable = {found.id: found.error["message"] for found in uploads if found.status == UploadStatus.REFUSED}
    one_name = cipher.open_json(row.personal, customer.PERSONAL).get("lastName") is None
    return missing.find(data, one_name=one_name, unusable=unusable)


async def reassess(deps: Dependencies, session: Session, tenant_id: str, customer_id: str) -> None:
    """Recomputes the missing fields after a document was refused, so the customer's data may change again."""
    row = await customer_model.find_locked(session, tenant_id, customer_id)
    if row is None or row.kyc_data is None or KycStatus(row.kyc_status) not in UNDECIDED:
        return
    ciphers = await data_key.ciphers(session, deps.vault, tenant_id, [customer_id])
    if customer_id not in ciphers:
        return
    required = await _missing(deps, session, row, of(row, ciphers[customer_id]), ciphers[customer_id])
    await customer_model.submit(
        session,
        row,
        to=Submission.INCOMPLETE if required else Submission.COMPLETE,
        at=deps.clock.now(),
        reason="document_unusable" if required else "kyc_data_submitted",
        required=missing.documents(required),
        required_fields=[item.plain() for item in required],
    )


def of(row: Any, cipher: DataKeyCipher) -> KycData:
    """Returns the data that a customer has declared so far."""
    return stored(cipher.open_json(row.kyc_data, DATA)) if row.kyc_data is not None else KycData()
