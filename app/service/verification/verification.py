"""Verifications: created by an ingestion or a start, changed only by snapshots fetched from their provider."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids, resubmission
from app.domain import verification as rule
from app.domain.customer import KycStatus
from app.domain.event import EventType, NewEvent
from app.domain.kyc.missing import documents
from app.domain.provider import VerificationSnapshot
from app.domain.verification import Approval, Known, Stage, VendorState
from app.model import customer as customer_model
from app.model import verification as verification_model
from app.model.verification import Verification
from app.service.dependencies import Dependencies
from app.service.fact import VerificationApproved
from app.service.ingestion import payload
from app.service.ingestion.outcome import plain
from app.service.trust.vault import DataKeyCipher
from app.store.db import Session, now
from app.store.page import Keyset, newest_first

DETAILS = "verification.details"
LINK = "verification.link"


async def keep(deps: Dependencies, session: Session, owner: Any, seen: VerificationSnapshot, cipher: DataKeyCipher) -> None:
    """Creates a verification from a snapshot, or applies the snapshot to the existing one. `owner` is the ingestion."""
    query = (
        select(Verification.__table__)
        .where(
            Verification.customer_id == owner.customer_id,
            Verification.provider == owner.provider,
            Verification.reference == seen.reference.id,
        )
        .with_for_update(key_share=True)
    )
    row = (await session.execute(query)).first()
    if row is None:
        await _create(deps, session, owner, seen, cipher)
    else:
        await apply(deps, session, row, seen, cipher)


async def _create(deps: Dependencies, session: Session, owner: Any, seen: VerificationSnapshot, cipher: DataKeyCipher) -> None:
    at, state = deps.clock.now(), seen.state
    verification_id = ids.new("ver")
    stage = state.stage or Stage.CREATED
    values = _columns(state, _digest(state), cipher) | {
        "id": verification_id,
        "tenant_id": owner.tenant_id,
        "customer_id": owner.customer_id,
        "provider": owner.provider,
        "reference": seen.reference.id,
        "integration": seen.reference.integration,
        "external_id": state.external_id or owner.id,
        "approval": rule.approval(Approval.NEVER, stage),
        "due_at": now(rule.next_refresh(stage, 0, deps.expected_stay)),
        "wake_at": now(),
        "refreshed_at": at,
        "created_at": at,
        "updated_at": at,
    }
    if not await session.insert_new(Verification, **values):
        return  # another ingestion of the same verification has just created it
    held = payload.Owner(owner.tenant_id, owner.customer_id, owner.provider, verification_id=verification_id)
    await payload.of_verification(session, held, seen.snapshot, cipher)
    data = {"verificationId": verification_id, "provider": owner.provider, "reviewAnswer": state.answer, "stage": state.stage}
    session.record(NewEvent(EventType.VERIFICATION_CREATED, owner.tenant_id, customer_id=owner.customer_id, data=data))


async def apply(
    deps: Dependencies, session: Session, row: Any, seen: VerificationSnapshot, cipher: DataKeyCipher, *, again: bool = False
) -> bool:
    """Applies a snapshot unless it is older than the stored state. Returns True if anything changed.

    With `again`, the snapshot is a stored one that is interpreted again, and is applied even if its content is the same.

    The row must be locked. The customer moves only as `app.domain.verification.MOVES` allows, and only if the verification is
    the customer's newest or was once approved.
    """
    at, state = deps.clock.now(), seen.state
    if rule.is_older(state, Known(row.attempt, row.decided_at, row.level), at=at):
        return False
    digest = _digest(state)
    presence = row.active if state.active is None else state.active
    values: dict[str, Any] = {"missing_since": None}
    changed = again or digest != row.digest or presence != row.active or _data_changed(row, state)
    if changed:
        values |= _columns(state, digest, cipher) | {"active": presence, "updated_at": at}
        if state.stage is None:
            # Unknown values change no stage: the last known state stays, and the raw values are stored beside it.
            values |= {name: getattr(row, name) for name in ("stage", "review_answer", "reject_type", "decided_at")}
        else:
            values["approval"] = rule.approval(Approval(row.approval), state.stage)
        if state.active is None:
            values["data_digest"] = row.data_digest
        _tell(session, row, state, values)
        held = payload.Owner(row.tenant_id, row.customer_id, row.provider, verification_id=row.id)
        await payload.of_verification(session, held, seen.snapshot, cipher)
    await verification_model.write(session, row.id, fence=row.fence, **values)
    if changed and state.stage is not None:
        await _move_customer(session, row, state, values["approval"], at)
        if values["approval"] is Approval.HELD and row.approval != Approval.HELD and row.processes:
            session.tell(VerificationApproved(row))
    return changed


def _columns(state: VendorState, digest: str, cipher: DataKeyCipher) -> dict[str, Any]:
    return {
        "level": state.level,
        "stage": state.stage,
        "review_status": state.review_status,
        "review_answer": state.answer,
        "reject_type": state.reject_type,
        "reject_labels": list(state.labels),
        "details": cipher.seal_json(_details(state), DETAILS),
        "digest": digest,
        "data_digest": state.data_digest,
        "attempt": state.attempt,
        "decided_at": state.decided_at,
    }


def _details(state: VendorState) -> dict[str, Any]:
    return {
        "customerComment": state.customer_comment,
        "internalComment": state.internal_comment,
        "buttons": list(state.buttons),
        "steps": [plain(step) for step in state.steps],
    }


def _digest(state: VendorState) -> str:
    content = dataclasses.asdict(dataclasses.replace(state, active=None, data_digest=None, external_id=None))
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _data_changed(row: Any, state: VendorState) -> bool:
    return state.data_digest is not None and row.data_digest != state.data_digest


def _tell(session: Session, row: Any, state: VendorState, values: dict[str, Any]) -> None:
    """Records the events of a change. They contain the provider's values and our ids, never a comment."""

    def event(type_: EventType, **data: Any) -> None:
        content = {"verificationId": row.id, "provider": row.provider, **data}
        session.record(NewEvent(type_, row.tenant_id, customer_id=row.customer_id, data=content))

    if state.review_status != row.review_status:
        event(EventType.VERIFICATION_STATUS_CHANGED, oldStatus=row.review_status, newStatus=state.review_status)
    before, after = (
        (row.stage, row.review_answer, row.reject_type),
        tuple(values[name] for name in ("stage", "review_answer", "reject_type")),
    )
    verdict = {
        "oldStage": row.stage,
        "stage": values["stage"],
        "reviewAnswer": values["review_answer"],
        "rejectType": values["reject_type"],
        "rejectLabels": list(state.labels),
    }
    if before != after:
        event(EventType.VERIFICATION_VERDICT_CHANGED, **verdict)
    if row.approval == Approval.HELD and values.get("approval") == Approval.TAKEN_BACK:
        event(EventType.VERIFICATION_REVERSED, **verdict)
    if values["active"] != row.active:
        event(EventType.VERIFICATION_PRESENCE_CHANGED, active=values["active"])
    if row.data_digest is not None and _data_changed(row, state):
        event(EventType.VERIFICATION_DATA_CHANGED)


def tell_missing(session: Session, row: Any) -> None:
    data = {"verificationId": row.id, "provider": row.provider}
    session.record(NewEvent(EventType.VERIFICATION_MISSING, row.tenant_id, customer_id=row.customer_id, data=data))


async def _move_customer(session: Session, row: Any, state: VendorState, approval: Approval, at: dt.datetime) -> None:
    stage = state.stage
    assert stage is not None
    person = await customer_model.locked(session, row.customer_id)
    path = rule.moves(KycStatus(person.kyc_status), stage)
    if not path or not (approval is not Approval.NEVER or await _is_newest(session, row)):
        return
    reason = "verification_reversed" if person.kyc_status == KycStatus.VERIFIED else "verification_changed"
    asked = documents(resubmission.required(_details(state), state.labels)) if stage is Stage.RESUBMISSION_REQUESTED else ()
    for to in path:
        await customer_model.move(session, person, to=to, at=at, reason=reason, required=asked)
        person = await customer_model.locked(session, row.customer_id)


def link(deps: Dependencies, row: Any, cipher: DataKeyCipher) -> str | None:
    """Returns the URL of the provider's page for the customer, or None if none is stored or it has expired."""
    ended = row.link_expires_at is not None and row.link_expires_at <= deps.clock.now()
    return None if row.link is None or ended else cipher.open(row.link, LINK).decode()


async def opened(deps: Dependencies, session: Session, tenant_id: str, customer_id: str) -> None:
    """Moves a PENDING customer who opened the provider's page to IN_PROGRESS. Leaves any other status unchanged."""
    person = await customer_model.find_locked(session, tenant_id, customer_id)
    if person is not None and person.kyc_status == KycStatus.PENDING:
        await customer_model.move(session, person, to=KycStatus.IN_PROGRESS, at=deps.clock.now(), reason="verification_opened")


async def _is_newest(session: Session, row: Any) -> bool:
    query = select(Verification.id).where(Verification.customer_id == row.customer_id).order_by(Verification.id.desc()).limit(1)
    return bool((await session.execute(query)).scalar() == row.id)


def columns(tenant_id: str) -> Select[Any]:
    """Returns the query for a tenant's verifications."""
    return select(Verification.__table__).where(Verification.tenant_id == tenant_id)


async def by_ids(connection: AsyncConnection, tenant_id: str, verification_ids: Collection[str]) -> Sequence[Any]:
    return (await connection.execute(columns(tenant_id).where(Verification.id.in_(list(verification_ids))))).all()


async def newest(connection: AsyncConnection | Session, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    """Returns the newest verification of each customer, for those that have one."""
    # Ids sort by time, so a customer's newest verification is the one with the greatest id.
    latest = (
        select(func.max(Verification.id))
        .where(Verification.tenant_id == tenant_id, Verification.customer_id.in_(list(customer_ids)))
        .group_by(Verification.customer_id)
    )
    return (await connection.execute(columns(tenant_id).where(Verification.id.in_(latest)))).all()


@dataclass(frozen=True)
class VerificationFilter:
    """The verifications to read; None does not restrict."""

    customer_id: str | None = None
    provider: str | None = None
    reference: str | None = None
    stage: Collection[str] | None = None


def matching(tenant_id: str, wanted: VerificationFilter) -> Select[Any]:
    """Returns the query for the verifications of a tenant that match."""
    query = columns(tenant_id)
    if wanted.customer_id is not None:
        query = query.where(Verification.customer_id == wanted.customer_id)
    if wanted.provider is not None:
        query = query.where(Verification.provider == wanted.provider)
    if wanted.reference is not None:
        query = query.where(Verification.reference == wanted.reference)
    if wanted.stage is not None:
        query = query.where(Verification.stage.in_(list(wanted.stage)))
    return query


async def page(connection: AsyncConnection, tenant_id: str, wanted: VerificationFilter, keyset: Keyset) -> Sequence[Any]:
    """Returns one page of the rows that match, newest first."""
    return await newest_first(connection, matching(tenant_id, wanted), Verification.id, keyset)
