"""Inbound events of providers: stored once, matched to their verification, and turned into a refresh."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.inbound import InboundStatus, Notice
from app.domain.ingestion import IngestionStatus
from app.domain.provider import ProviderName
from app.model import inbound as inbound_model
from app.model.inbound import InboundEvent
from app.model.ingestion import Ingestion
from app.model.tenant import Tenant
from app.model.verification import Verification
from app.notify.wakeup import REFRESH_VERIFICATION, RUN_INGESTION, WAKE_AGAIN_SECONDS
from app.service.dependencies import Dependencies
from app.service.fact import UnknownReference
from app.service.ingestion import drift
from app.service.trust import data_key
from app.store.db import Session, now, transaction
from app.store.page import Keyset, newest_first

BODY = "inbound_event.body"
# The most events of one verification that a refresh handles; the rest follow with the next refresh.
BATCH = 500
LIMIT = 200
# The age up to which unmatched events are matched again, because their verification may have been created concurrently.
LATE_SECONDS = 600.0
# Unmatched events older than this are deleted: other systems may use the same provider account.
KEPT_UNMATCHED_SECONDS = 90 * 86_400.0


class Taken(StrEnum):
    STORED = "stored"
    DUPLICATE = "duplicate"


async def take_in(deps: Dependencies, provider: ProviderName, notice: Notice, body: bytes) -> Taken:
    """Stores an authentic event and requests a refresh of its verifications, in one transaction.

    Returns DUPLICATE, without any change, for a repeated event. The content only identifies the verification and never changes
    its state. An event that matches no verification is stored as UNMATCHED.
    """
    async with transaction(deps.database) as session:
        about = await _about(session, provider, notice)
        first = about[0] if about else None
        tenant_id = first.tenant_id if first else await _only_tenant(session)
        stored = await session.insert_new(
            InboundEvent,
            id=ids.new("pev"),
            provider=provider,
            identity=hashlib.sha256(notice.identity).hexdigest(),
            type=notice.type,
            subject=_cut(notice.subject),
            external_id=_cut(notice.external_id),
            tenant_id=tenant_id,
            customer_id=first.customer_id if first else None,
            verification_id=first.id if first else None,
            status=InboundStatus.WAITING if first else InboundStatus.UNMATCHED,
            body=await _sealed(deps, session, first, body),
            sent_at=notice.sent_at,
            received_at=now(),
        )
        if not stored:
            return Taken.DUPLICATE
        await _tell(session, provider, notice, about)
        if tenant_id is not None and notice.unknown:
            await drift.record(
                session,
                notice.unknown,
                tenant_id=tenant_id,
                provider=provider,
                at=deps.clock.now(),
                verification_id=first.id if first else None,
                customer_id=first.customer_id if first else None,
            )
    return Taken.STORED


async def _tell(session: Session, provider: ProviderName, notice: Notice, about: Sequence[Any]) -> None:
    """Wakes everything that may wait for the event: refreshes of verifications, ingestions and uncertain starts."""
    if not about and notice.external_id is not None and notice.subject is not None:
        session.tell(UnknownReference(provider, notice.external_id, notice.subject))
    await wake(session, [row.id for row in about], thorough=notice.thorough)
    await _hurry(session, [row.external_id for row in about if row.external_id])


async def _about(session: Session, provider: ProviderName, notice: Notice) -> Sequence[Any]:
    """Returns the verifications that an event is about, locked: found by the provider's id, else by ours.

    The lock is `FOR NO KEY UPDATE`, as everywhere, because `FOR UPDATE` conflicts with the foreign key checks of concurrent
    inserts and ends in deadlocks.
    """
    query = select(Verification.id, Verification.tenant_id, Verification.customer_id, Verification.external_id)
    query = query.where(Verification.provider == provider).order_by(Verification.id).limit(LIMIT)
    query = query.with_for_update(key_share=True)
    for column, value in ((Verification.reference, notice.subject), (Verification.external_id, notice.external_id)):
        if value is not None:
            found = (await session.execute(query.where(column == value))).all()
            if found:
                return found
    return ()


async def _only_tenant(session: Session) -> str | None:
    """Returns the id of the only tenant, which owns unmatched events, or None if there are several tenants or none."""
    found = (await session.execute(select(Tenant.id).limit(2))).all()
    return str(found[0].id) if len(found) == 1 else None


async def _sealed(deps: Dependencies, session: Session, about: Any | None, body: bytes) -> bytes:
    if about is not None:
        found = await data_key.ciphers(session, deps.vault, about.tenant_id, [about.customer_id])
        if about.customer_id in found:
            return found[about.customer_id].seal(body, BODY)
    return deps.vault.seal(body, BODY)


async def wake(session: Session, verification_ids: Sequence[str], *, thorough: bool = False) -> None:
    """Requests a refresh of these verifications now. Requests before the refresh begins are merged into one."""
    if not verification_ids:
        return
    values: dict[str, Any] = {"notices": Verification.notices + 1, "due_at": now(), "wake_at": now(WAKE_AGAIN_SECONDS)}
    if thorough:
        values["thorough"] = True
    await session.execute(update(Verification).where(Verification.id.in_(sorted(verification_ids))).values(**values))
    for verification_id in verification_ids:
        session.wake(REFRESH_VERIFICATION, verification_id)


async def _hurry(session: Session, ingestion_ids: Sequence[str]) -> None:
    """Wakes running ingestions that wait for a decision, before their next scheduled attempt."""
    waiting = [name for name in ingestion_ids if ids.kind(name) == "ing"]
    if not waiting:
        return
    hurried = await session.execute(
        update(Ingestion)
        .where(Ingestion.id.in_(waiting), Ingestion.status == IngestionStatus.RUNNING, Ingestion.lease_until.is_(None))
        .values(due_at=now(), wake_at=now(WAKE_AGAIN_SECONDS))
        .returning(Ingestion.id)
    )
    for row in hurried:
        session.wake(RUN_INGESTION, row.id)


async def match(deps: Dependencies, session: Session, verification_id: str) -> None:
    """Assigns unmatched events to a verification created after they arrived, and seals them under the customer's key.

    Requests a thorough refresh if there are any.
    """
    waiting = (
        select(InboundEvent.id, InboundEvent.body, Verification.tenant_id, Verification.customer_id)
        .join(Verification, (Verification.provider == InboundEvent.provider) & (Verification.reference == InboundEvent.subject))
        .where(Verification.id == verification_id, InboundEvent.status == InboundStatus.UNMATCHED)
        .limit(BATCH)
        .with_for_update(key_share=True, of=InboundEvent)
    )
    rows = (await session.execute(waiting)).all()
    if not rows:
        return
    tenant_id, customer_id = rows[0].tenant_id, rows[0].customer_id
    cipher = (await data_key.ciphers(session, deps.vault, tenant_id, [customer_id])).get(customer_id)
    if cipher is None:
        return  # the customer was erased
    sealed = update(InboundEvent).where(InboundEvent.id == bindparam("event_id")).values(body=bindparam("sealed"))
    content = [{"event_id": row.id, "sealed": cipher.seal(deps.vault.open(row.body, BODY), BODY)} for row in rows]
    await session.execute(sealed, content)
    await inbound_model.move(
        session,
        update(InboundEvent).where(InboundEvent.id.in_([row.id for row in rows])),
        old=InboundStatus.UNMATCHED,
        to=InboundStatus.WAITING,
        tenant_id=tenant_id,
        customer_id=customer_id,
        verification_id=verification_id,
    )
    await wake(session, [verification_id], thorough=True)


async def match_late(session: Session) -> None:
    """Requests a refresh of verifications that were created while an event about them was being stored."""
    query = (
        select(Verification.id)
        .join(InboundEvent, (InboundEvent.provider == Verification.provider) & (InboundEvent.subject == Verification.reference))
        .where(InboundEvent.status == InboundStatus.UNMATCHED, InboundEvent.received_at > now(-LATE_SECONDS))
        .distinct()
        .limit(LIMIT)
    )
    await wake(session, [row.id for row in await session.execute(query)])


async def forget_unmatched(session: Session) -> int:
    """Deletes old unmatched events. Returns their number."""
    gone = await session.execute(
        delete(InboundEvent).where(
            InboundEvent.status == InboundStatus.UNMATCHED, InboundEvent.received_at < now(-KEPT_UNMATCHED_SECONDS)
        )
    )
    return gone.rowcount


async def waiting_for(session: Session, verification_id: str) -> Sequence[str]:
    """Returns the ids of the waiting events of a verification, at most BATCH."""
    query = select(InboundEvent.id).where(
        InboundEvent.verification_id == verification_id, InboundEvent.status == InboundStatus.WAITING
    )
    return [row.id for row in await session.execute(query.limit(BATCH))]


async def handled(session: Session, event_ids: Sequence[str], *, changed: bool) -> None:
    if event_ids:
        statement = update(InboundEvent).where(InboundEvent.id.in_(list(event_ids)))
        await inbound_model.move(
            session, statement, old=InboundStatus.WAITING, to=InboundStatus.HANDLED, handled_at=now(), changed=changed
        )


def _cut(text: str | None) -> str | None:
    return text[:LIMIT] if text is not None else None


def columns(tenant_id: str) -> Select[Any]:
    """Returns the query for a tenant's inbound events."""
    return select(InboundEvent.__table__).where(InboundEvent.tenant_id == tenant_id)


async def by_ids(connection: AsyncConnection, tenant_id: str, event_ids: Collection[str]) -> Sequence[Any]:
    return (await connection.execute(columns(tenant_id).where(InboundEvent.id.in_(list(event_ids))))).all()


@dataclass(frozen=True)
class InboundFilter:
    """The inbound events to read; None does not restrict."""

    provider: str | None = None
    customer_id: str | None = None
    subject: str | None = None
    types: Collection[str] | None = None
    status: Collection[str] | None = None


def matching(tenant_id: str, wanted: InboundFilter) -> Select[Any]:
    """Returns the query for the inbound events of a tenant that match."""
    query = columns(tenant_id)
    if wanted.provider is not None:
        query = query.where(InboundEvent.provider == wanted.provider)
    if wanted.customer_id is not None:
        query = query.where(InboundEvent.customer_id == wanted.customer_id)
    if wanted.subject is not None:
        query = query.where(InboundEvent.subject == wanted.subject)
    if wanted.types is not None:
        query = query.where(InboundEvent.type.in_(list(wanted.types)))
    if wanted.status is not None:
        query = query.where(InboundEvent.status.in_(list(wanted.status)))
    return query


async def page(connection: AsyncConnection, tenant_id: str, wanted: InboundFilter, keyset: Keyset) -> Sequence[Any]:
    """Returns one page of the rows that match, newest first."""
    return await newest_first(connection, matching(tenant_id, wanted), InboundEvent.id, keyset)
