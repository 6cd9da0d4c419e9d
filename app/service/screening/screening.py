"""Screening: requested when a customer is verified or its personal data change. The results determine `aml.status`.

Each screener's latest report is stored. A report counts only if it is from this round, about the current personal data and
against the active lists. A missing report, a fault and an unfinished screening never count as clear.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import aml, ids
from app.domain.aml import Result, Screened
from app.domain.customer import AmlStatus, CustomerStatus, KycStatus, status
from app.domain.event import EventType, NewEvent
from app.domain.reference import Reference
from app.domain.screening import ScreenerName
from app.model import aml_decision as decision_model
from app.model import customer as customer_model
from app.model.check import AmlCheck
from app.model.screening import Screening
from app.model.verification import Verification
from app.notify.wakeup import SCREEN_CUSTOMER, WAKE_AGAIN_SECONDS
from app.service.dependencies import Dependencies
from app.service.screening import hit, person, watch_list
from app.store.db import Session, now

log = structlog.get_logger(module=__name__)

# The screeners to ask, by kycStatus. After a provider declined a customer because of a list entry, only the provider is asked.
WANTED = {KycStatus.VERIFIED: frozenset(ScreenerName), KycStatus.FAILED: frozenset({ScreenerName.PROVIDER})}


async def request(
    deps: Dependencies, session: Session, customer: Any, verifications: Sequence[str] = (), *, anew: bool = True
) -> None:
    """Requests a customer's screening now. Requests before it begins are merged into one.

    `verifications` are the ids of verifications whose providers may have screened the customer; if empty, the stored ids remain.
    With `anew`, every screener is asked again; otherwise only those that have not responded.
    """
    screening_id = ids.new("scr")
    fresh = await session.insert_new(
        Screening,
        id=screening_id,
        tenant_id=customer.tenant_id,
        customer_id=customer.id,
        verifications=list(verifications),
        is_open=True,
        quiet=0,
        requests=0,
        fence=0,
        asked_at=now(),
        due_at=now(),
        wake_at=now(WAKE_AGAIN_SECONDS),
        created_at=deps.clock.now(),
    )
    if not fresh:
        values: dict[str, Any] = {"is_open": True, "quiet": 0, "requests": Screening.requests + 1, "ended_at": None}
        if verifications:
            values["verifications"] = list(verifications)
        if anew:
            values["asked_at"] = now()
        mine = update(Screening).where(Screening.customer_id == customer.id).returning(Screening.id)
        asked = await session.execute(mine.values(due_at=now(), wake_at=now(WAKE_AGAIN_SECONDS), **values))
        screening_id = asked.scalar_one()
    session.wake(SCREEN_CUSTOMER, screening_id)


async def person_changed(deps: Dependencies, session: Session, customer_id: str, verifications: Sequence[str] = ()) -> None:
    """Invalidates the screening result if the customer's personal data changed, and requests a new screening.

    Runs in the transaction of the change, so that no customer stays active on outdated results. The customer must be locked.
    """
    row = await customer_model.locked(session, customer_id)
    if row.aml_person is None and row.kyc_status != KycStatus.VERIFIED:
        return
    changed = row.aml_person is None or row.aml_person != await _digest(deps, session, row)
    if changed and AmlStatus(row.aml_status) in aml.STALE_WITH_THE_PERSON:
        await customer_model.move_aml(session, row, to=AmlStatus.IN_PROGRESS, at=deps.clock.now(), reason="person_changed")
    if row.kyc_status == KycStatus.VERIFIED and (changed or verifications):
        await request(deps, session, row, verifications)


async def on_provider_notice(deps: Dependencies, session: Session, verification: Any) -> None:
    """Requests the provider's own screening result again, after a notice about a verification or a new decision on it.

    Does not ask the other screeners again. Skips customers that no screener is responsible for, and older verifications.
    """
    row = await customer_model.locked(session, verification.customer_id)
    if KycStatus(row.kyc_status) not in WANTED:
        return
    known = await _verifications(session, row.id)
    if verification.id not in known:
        # An older verification describes an older state of the customer.
        if known and verification.id < max(known):
            return
        known = [verification.id]
    mine = (AmlCheck.customer_id == row.id) & (AmlCheck.screener == ScreenerName.PROVIDER)
    await session.execute(update(AmlCheck).where(mine).values(screened=Screened.SILENT))
    await request(deps, session, row, known, anew=False)


async def verifications_named(session: Session, customer_id: str, provider: str, references: Sequence[Reference]) -> list[str]:
    """Returns the ids of a customer's verifications with these references at the provider."""
    query = select(Verification.id).where(
        Verification.customer_id == customer_id,
        Verification.provider == provider,
        Verification.reference.in_([reference.id for reference in references]),
    )
    return [row.id for row in await session.execute(query.order_by(Verification.id))]


async def _verifications(session: Session, customer_id: str) -> list[str]:
    found = (await session.execute(select(Screening.verifications).where(Screening.customer_id == customer_id))).first()
    return list(found.verifications) if found else []


async def again(deps: Dependencies, session: Session, row: Any) -> None:
    """Requests a complete new screening on behalf of a user, and invalidates the previous result."""
    if AmlStatus(row.aml_status) in aml.STALE_WITH_THE_PERSON:
        await customer_model.move_aml(session, row, to=AmlStatus.IN_PROGRESS, at=deps.clock.now(), reason="screened_again")
    await request(deps, session, row)


async def checks(connection: AsyncConnection | Session, customer_id: str) -> dict[ScreenerName, Any]:
    """Returns each screener's latest check of one customer."""
    query = select(AmlCheck.__table__).where(AmlCheck.customer_id == customer_id)
    return {ScreenerName(row.screener): row for row in await connection.execute(query)}


async def of_customers(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    """Returns each screener's latest check of customers, by screener."""
    query = select(AmlCheck.__table__).where(AmlCheck.tenant_id == tenant_id, AmlCheck.customer_id.in_(list(customer_ids)))
    found: Sequence[Any] = (await connection.execute(query.order_by(AmlCheck.screener))).all()
    return found


async def _digest(deps: Dependencies, session: Session, row: Any) -> str:
    """Returns the digest of the customer's current personal data, or "" if its data key was destroyed."""
    found = (await person.of_customers(session, deps, row.tenant_id, [row])).get(row.id)
    return person.digest(*found) if found else ""


async def present(
    deps: Dependencies, session: Session, row: Any, digest: str | None = None, *, every: bool = False
) -> Mapping[ScreenerName, Screened]:
    """Returns each screener's current result, SILENT for a screener without a valid one. Empty if no screening was requested.

    The customer must be locked, and `digest`, if given, must be that of its current personal data. With `every`, includes the
    screeners that its kycStatus does not require. Locks the lists, so that none is replaced before the transaction ends.
    """
    asked = select(Screening.asked_at).where(Screening.customer_id == row.id)
    job = (await session.execute(asked)).first()
    if job is None:
        return {}
    lists = {entry.name: entry.version for entry in await watch_list.active(session, locked=True)}
    said, digest = await checks(session, row.id), digest or await _digest(deps, session, row)
    return {
        name: _counts(name, said.get(name), digest=digest, asked_at=job.asked_at, lists=lists)
        for name in (deps.screening.screeners if every else wanted(deps.screening.screeners, row))
    }


def wanted(screeners: Iterable[ScreenerName], row: Any) -> list[ScreenerName]:
    """Returns the screeners that the customer's kycStatus requires."""
    asked = WANTED.get(KycStatus(row.kyc_status), frozenset())
    return [name for name in screeners if name in asked]


def _counts(name: ScreenerName, check: Any | None, *, digest: str, asked_at: Any, lists: Mapping[str, str]) -> Screened:
    if name is ScreenerName.LISTS and not lists:
        return Screened.ABSENT
    if check is None or not _said_now(check, digest=digest, asked_at=asked_at):
        return Screened.SILENT
    if name is ScreenerName.LISTS and check.versions != lists:
        return Screened.SILENT
    return Screened(check.screened)


def holds(check: Any, *, digest: str, asked_at: Any) -> bool:
    """Returns True if a check is from this round, about the current personal data, and final."""
    return _said_now(check, digest=digest, asked_at=asked_at) and check.screened not in aml.OPEN


def _said_now(check: Any, *, digest: str, asked_at: Any) -> bool:
    return bool(check.person == digest and check.checked_at > asked_at)


async def known(session: Session, customer_id: str) -> bool:
    """Returns True if a screening of the customer was ever requested."""
    found = await session.execute(select(Screening.id).where(Screening.customer_id == customer_id))
    return found.first() is not None


async def conclude(
    deps: Dependencies, session: Session, row: Any, *, digest: str | None = None, fresh: Sequence[str] = ()
) -> Mapping[ScreenerName, Screened]:
    """Moves `aml.status` according to the screeners' results and the hits. Returns each screener's current result.

    `row` is the locked customer, `digest` that of its current personal data, and `fresh` the ids of hits that need a verdict.
    New hits replace a proposed decision, and raise an alert if the customer was active.
    """
    digest = digest or await _digest(deps, session, row)
    said = await present(deps, session, row, digest)
    hits, unjudged = await hit.standing(session, row.id)
    found = aml.result(said.values(), hits=hits, unjudged=unjudged)
    if row.kyc_status != KycStatus.VERIFIED and found not in (Result.NEW_HITS, Result.FOR_A_PERSON):
        return said
    before, at = customer_model.standing(row), deps.clock.now()
    steps = aml.moves(before.aml, found, before.decision)
    for to in steps:
        await customer_model.move_aml(session, row, to=to, at=at, reason="screening")
        row = await customer_model.locked(session, row.id)
    if fresh:
        await decision_model.replace_proposed(session, row.id)
    if fresh and status(before) is CustomerStatus.ACTIVE:
        _alert(session, row, fresh)
    if found in (Result.CLEAR, Result.FOR_A_PERSON, Result.NEW_HITS):
        await customer_model.screened(session, row, at=at, person=digest)
    return said


def _alert(session: Session, row: Any, fresh: Sequence[str]) -> None:
    data = {"customerId": row.id, "hitIds": list(fresh)}
    session.record(NewEvent(EventType.AML_ALERT, row.tenant_id, customer_id=row.id, data=data))
    log.warning("aml.alert", customer_id=row.id, hits=len(fresh))
