"""Execution of an authorised start at its provider: the intent is stored first, then the call is made once.

After a call without a response, the verification is looked up instead of made again. A worker may stop after any step: progress
is stored, and the next claim continues from there.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog
from sqlalchemy import select

from app.domain import lifecycle
from app.domain.customer import KycStatus
from app.domain.event import EventType, NewEvent
from app.domain.kyc import KycData
from app.domain.provider import Provider, ProviderName
from app.domain.start import Applicant, Created, Image, StartStatus
from app.domain.verification import Approval, Stage
from app.errors import Answered, NotSent, StaleFence, VendorFault
from app.log import place
from app.model import customer as customer_model
from app.model import start as start_model
from app.model.start import Start
from app.model.verification import Verification
from app.notify.wakeup import REFRESH_VERIFICATION, WAKE_AGAIN_SECONDS
from app.service.context import WorkContext
from app.service.customer import customer, declaration
from app.service.document import upload
from app.service.start import start
from app.service.trust import data_key
from app.service.trust.vault import DataKeyCipher
from app.service.verification import verification
from app.service.work import lease
from app.store.db import Session, now, transaction

log = structlog.get_logger(module=__name__)

# After a call without a response, the provider may still be processing it.
SETTLE_SECONDS = 3.0
RETRY_FIRST, RETRY_CAP = 0.5, 20.0
TAKEN, TOO_MANY = 409, 429
IN_DOUBT = {
    "code": "PROVIDER_UNANSWERED",
    "message": "The vendor was called and did not answer; whether it made a verification cannot be found out from here.",
    "hint": "Look in the vendor's dashboard for the verification id, then resolve the start.",
}
NOT_CONFIGURED = {
    "code": "PROVIDER_NOT_CONFIGURED",
    "message": "The vendor is no longer configured here.",
    "hint": "Ask the operator to configure its credentials, then start again.",
}


async def make(context: WorkContext, start_id: str) -> None:
    """Carries out one start as far as possible now, under a lease. Running it twice changes nothing."""
    row = await _claim(context, start_id)
    if row is None:
        return
    attempt = Attempt(context, row)
    try:
        async with lease.leased(context.deps.database, Start, row.id, fence=attempt.fence, lease_seconds=context.limits.lease):
            await attempt.go()
    except StaleFence:
        log.info("start.lease_lost", start_id=start_id)
    except asyncio.CancelledError:
        await asyncio.shield(attempt.put_back(0.0))
        raise


async def _claim(context: WorkContext, start_id: str) -> Any | None:
    """Claims the start. Returns the row as it was before the claim, or None if it is not authorised or already claimed.

    Refuses a start that is no longer allowed, if nothing was sent for it yet, and returns None.
    """
    deps = context.deps
    async with transaction(deps.database) as session:
        query = select(Start.__table__).where(Start.id == start_id).with_for_update(key_share=True)
        row = (await session.execute(query)).first()
        if row is None or row.status != StartStatus.AUTHORISED:
            return None
        if not await lease.take(session, Start, row, lease_until=now(context.limits.lease), attempts=row.attempts + 1):
            return None
        problem = await _refusal_reason(session, row)
        if problem is not None:
            await start.end(deps, session, row, to=StartStatus.REFUSED, fence=row.fence + 1, problem=problem)
            return None
        return row


async def _refusal_reason(session: Session, row: Any) -> dict[str, str] | None:
    if row.called_at is not None or row.reference is not None:
        return None
    person = await customer_model.locked(session, row.customer_id)
    refusal = await start.refusal_reason(session, person)
    return {"code": refusal[0], "message": refusal[1], "hint": "Nothing was sent."} if refusal else None


class Attempt:
    """One claim of one start. Every write is checked against its fence."""

    def __init__(self, context: WorkContext, row: Any) -> None:
        self.context = context
        self.row = row
        self.fence = row.fence + 1

    async def go(self) -> None:
        provider = self._provider()
        try:
            if provider is None:
                # After a call, the provider may hold a verification. Only a person can find out, and the charge stays until then.
                asked = self.row.called_at is not None or self.row.reference is not None
                await (self._uncertain() if asked else self._refuse(NOT_CONFIGURED))
                return
            cipher = await self._cipher()
            applicant = await self._applicant(cipher)
            made = await self._made(provider, applicant)
            if made is not None:
                await self._started(await provider.attach_documents(applicant, made), cipher)
        except VendorFault as fault:
            # The lookup failed, so the outcome is unknown and no call is made.
            await self._again(fault, in_doubt=True)
        except StaleFence:
            raise
        except Exception as problem:  # the outermost handler: every failure is retried
            log.error("start.defect", start_id=self.row.id, error=type(problem).__name__, at=place(problem))
            await self.put_back(SETTLE_SECONDS)

    def _provider(self) -> Provider | None:
        """Returns the provider, or None if it is not configured with the start's integration."""
        found = self.context.providers.get(ProviderName(self.row.provider))
        if found is None or self.row.integration not in (None, *found.capabilities.integrations):
            return None
        return found

    async def _made(self, provider: Provider, applicant: Applicant) -> Created | None:
        """Returns the result of this call or an earlier one, or None if the outcome is not known yet."""
        if self.row.reference is not None:
            return Created(self.row.reference)
        if self.row.called_at is not None:
            if not provider.capabilities.finds:
                await self._uncertain()
                return None
            found = await provider.find(applicant.external_id)
            if found is not None:
                return Created(found)
        await self._write(called_at=now())
        try:
            made = await provider.make(applicant)
        except VendorFault as fault:
            await self._after_call(provider, fault)
            return None
        # The reference is stored from here on, even if this worker stops now.
        await self._write(reference=made.reference)
        return made

    async def _after_call(self, provider: Provider, fault: VendorFault) -> None:
        """Handles a failed call: retries, refuses the start or marks it uncertain, depending on whether a request was sent."""
        status = fault.status if isinstance(fault, Answered) else None
        log.warning("vendor.fault", start_id=self.row.id, kind=type(fault).__name__, operation=fault.operation)
        if isinstance(fault, NotSent) or status == TOO_MANY:
            await self._again(fault, in_doubt=False)
        elif status == TAKEN and provider.capabilities.finds:
            await self.put_back(0.0)  # the verification exists: the next claim finds it
        elif isinstance(fault, Answered) and not fault.passing:
            explained = provider.explain(fault)
            await self._refuse({"code": "PROVIDER_REFUSED", "message": explained.message, "hint": explained.hint})
        elif not provider.capabilities.finds:
            await self._uncertain()
        else:
            await self._again(fault, in_doubt=True)

    async def _again(self, fault: VendorFault, *, in_doubt: bool) -> None:
        at = self.context.deps.clock.now()
        since = self.row.faulty_since or at
        lasted = (at - since).total_seconds()
        if lasted >= self.context.limits.retry:
            provider = self.context.providers[ProviderName(self.row.provider)]
            message = provider.explain(fault).message
            unavailable = {"code": "PROVIDER_UNAVAILABLE", "message": message, "hint": "Nothing was made. Start again later."}
            await (self._uncertain() if in_doubt else self._refuse(unavailable))
            return
        pause = min(RETRY_CAP, max(RETRY_FIRST, lasted / 2)) * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
        if isinstance(fault, Answered) and fault.retry_after is not None:
            pause = max(pause, fault.retry_after)
        values: dict[str, Any] = {"faulty_since": since}
        if not in_doubt:
            values["called_at"] = None
        await self.put_back(max(pause, SETTLE_SECONDS) if in_doubt else pause, **values)

    async def put_back(self, after: float, **values: Any) -> None:
        """Releases the row for another claim after `after` seconds. Ignores a lost fence."""
        try:
            await self._write(lease_until=None, due_at=now(after), wake_at=now(after), **values)
        except StaleFence:
            return

    async def _write(self, **values: Any) -> None:
        async with transaction(self.context.deps.database) as session:
            await start_model.write(session, self.row, fence=self.fence, **values)

    async def _refuse(self, problem: dict[str, Any]) -> None:
        async with transaction(self.context.deps.database) as session:
            await start.end(self.context.deps, session, self.row, to=StartStatus.REFUSED, fence=self.fence, problem=problem)

    async def _uncertain(self) -> None:
        async with transaction(self.context.deps.database) as session:
            await start_model.move(session, self.row, to=StartStatus.UNCERTAIN, fence=self.fence, problem=IN_DOUBT)
            data = {"customerId": self.row.customer_id, "startId": self.row.id, "status": StartStatus.UNCERTAIN}
            data["errorCode"] = IN_DOUBT["code"]
            session.record(NewEvent(EventType.START_ENDED, self.row.tenant_id, customer_id=self.row.customer_id, data=data))

    async def _cipher(self) -> DataKeyCipher:
        row = self.row
        async with self.context.deps.database.reading() as connection:
            return (await data_key.ciphers(connection, self.context.deps.vault, row.tenant_id, [row.customer_id]))[row.customer_id]

    async def _applicant(self, cipher: DataKeyCipher) -> Applicant:
        row = self.row
        async with self.context.deps.database.reading() as connection:
            (person,) = await customer.by_ids(connection, row.tenant_id, [row.customer_id])
            data = declaration.of(person, cipher)
            files = await upload.files(connection, row.tenant_id, data.upload_ids)
        personal = cipher.open_json(person.personal, customer.PERSONAL)
        return Applicant(
            external_id=row.verification_id,
            first_name=personal["firstName"],
            last_name=personal.get("lastName"),
            email=personal["email"],
            data=data,
            level=row.level,
            integration=row.integration,
            images=tuple(_images(data, {file.upload_id: file for file in files}, self._opener(cipher))),
        )

    def _opener(self, cipher: DataKeyCipher) -> Callable[[str], Callable[[], AsyncIterator[bytes]]]:
        return lambda blob: lambda: self.context.blobs.get(blob, cipher)

    async def _started(self, made: Created, cipher: DataKeyCipher) -> None:
        """Stores the verification, confirms the charge and moves the customer to PENDING, in one transaction."""
        deps, row = self.context.deps, self.row
        async with transaction(deps.database) as session:
            # Locks the start before the customer, as everywhere, to prevent deadlocks.
            await start.end(deps, session, row, to=StartStatus.STARTED, fence=self.fence, reference=made.reference)
            person = await customer_model.locked(session, row.customer_id)
            kyc = KycStatus(person.kyc_status)
            waits = lifecycle.may_start(kyc, gone=await start.is_missing_at_provider(session, person)) is None
            await self._insert(session, made, cipher)
            data = {"verificationId": row.verification_id, "provider": row.provider, "startId": row.id}
            session.record(NewEvent(EventType.VERIFICATION_STARTED, row.tenant_id, customer_id=row.customer_id, data=data))
            if waits and kyc is not KycStatus.PENDING:
                await customer_model.move(session, person, to=KycStatus.PENDING, at=deps.clock.now(), reason="verification_started")
            session.wake(REFRESH_VERIFICATION, row.verification_id)

    async def _insert(self, session: Session, made: Created, cipher: DataKeyCipher) -> None:
        row, at = self.row, self.context.deps.clock.now()
        await session.insert_new(
            Verification,
            id=row.verification_id,
            tenant_id=row.tenant_id,
            customer_id=row.customer_id,
            provider=row.provider,
            reference=made.reference,
            integration=row.integration,
            external_id=row.verification_id,
            level=row.level,
            started_by=row.requested_by,
            stage=Stage.CREATED,
            approval=Approval.NEVER,
            reject_labels=[],
            link=cipher.seal(made.link.encode(), verification.LINK) if made.link else None,
            link_expires_at=made.link_expires_at,
            processes=row.processes,
            attempt=0,
            active=True,
            notices=0,
            thorough=False,
            quiet=0,
            fence=0,
            due_at=now(),
            wake_at=now(WAKE_AGAIN_SECONDS),
            created_at=at,
            updated_at=at,
        )


def _images(data: KycData, files: dict[str, Any], opener: Callable[[str], Callable[[], AsyncIterator[bytes]]]) -> list[Image]:
    """Returns the images of the uploaded document sides."""
    found = []
    for document in data.documents:
        for side, upload_id in (("front", document.front_upload_id), ("back", document.back_upload_id)):
            file = files.get(upload_id or "")
            if file is not None:
                found.append(Image(document.type, side, file.content_type, opener(file.blob)))
    return found
