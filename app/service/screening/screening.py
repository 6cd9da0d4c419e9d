"""Screening: asked for when a customer is verified, or is another person than before; and what its results do to `aml.status`.

Each screener's last word is kept. Only what was said since this round was asked for, about this very person, and of the lists as
they are now, counts: no answer, a fault, and a screener that has not looked are never taken for a clear one.
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

# Who is looked for at all, and by whom: of one that its vendor has refused for being listed nobody else need be asked.
WANTED = {KycStatus.VERIFIED: frozenset(ScreenerName), KycStatus.FAILED: frozenset({ScreenerName.PROVIDER})}


async def request(
    deps: Dependencies, session: Session, customer: Any, verifications: Sequence[str] = (), *, anew: bool = True
) -> None:
    """Asks for a customer's screening, now. Any number of requests before it begins are one.

    `verifications` are the ids of those at whose vendors it may have been screened; without any, those that are known remain.
    With `anew` every screener has to answer (again), else those that have not.
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
    """After a customer's data have changed: what was found about another person says nothing about this one.

    At once, in the same transaction, so that nobody is let in on what is no longer true. The customer must be locked.
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
    """A vendor has rung about a verification, or it was just decided: what the vendor's own screening says may be another thing
    by now. The other screeners are not asked again for that. Of whom nobody needs to know nothing is asked."""
    row = await customer_model.locked(session, verification.customer_id)
    if KycStatus(row.kyc_status) not in WANTED:
        return
    known = await _verifications(session, row.id)
    if verification.id not in known:
        # An older one tells of an older state of the person.
        if known and verification.id < max(known):
            return
        known = [verification.id]
    mine = (AmlCheck.customer_id == row.id) & (AmlCheck.screener == ScreenerName.PROVIDER)
    await session.execute(update(AmlCheck).where(mine).values(screened=Screened.SILENT))
    await request(deps, session, row, known, anew=False)


async def verifications_named(session: Session, customer_id: str, provider: str, references: Sequence[Reference]) -> list[str]:
    """The ids of a customer's verifications that are named so at their vendor."""
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
    """A person wants a customer screened anew, whatever is known. Nothing that was found before is taken for granted."""
    if AmlStatus(row.aml_status) in aml.STALE_WITH_THE_PERSON:
        await customer_model.move_aml(session, row, to=AmlStatus.IN_PROGRESS, at=deps.clock.now(), reason="screened_again")
    await request(deps, session, row)


async def checks(connection: AsyncConnection | Session, customer_id: str) -> dict[ScreenerName, Any]:
    """What each screener has said last about one customer."""
    query = select(AmlCheck.__table__).where(AmlCheck.customer_id == customer_id)
    return {ScreenerName(row.screener): row for row in await connection.execute(query)}


async def of_customers(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    """What each screener has said last about customers."""
    query = select(AmlCheck.__table__).where(AmlCheck.tenant_id == tenant_id, AmlCheck.customer_id.in_(list(customer_ids)))
    found: Sequence[Any] = (await connection.execute(query.order_by(AmlCheck.screener))).all()
    return found


async def _digest(deps: Dependencies, session: Session, row: Any) -> str:
    """Who the customer is now; nobody, where its data were destroyed."""
    found = (await person.of_customers(session, deps, row.tenant_id, [row])).get(row.id)
    return person.digest(*found) if found else ""


async def present(
    deps: Dependencies, session: Session, row: Any, digest: str | None = None, *, every: bool = False
) -> Mapping[ScreenerName, Screened]:
    """What counts now of what each screener has said; SILENT where it has yet to speak. The customer must be locked, and
    `digest`, where it is given, of who it is now. With `every`, of those too who need not be asked at the moment.

    The lists cannot be replaced before the transaction ends.
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
    """Those of the screeners that are to be asked about a customer."""
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
    """Whether what a screener said was said in this round, of this person, and for good."""
    return _said_now(check, digest=digest, asked_at=asked_at) and check.screened not in aml.OPEN


def _said_now(check: Any, *, digest: str, asked_at: Any) -> bool:
    return bool(check.person == digest and check.checked_at > asked_at)


async def known(session: Session, customer_id: str) -> bool:
    """Whether a customer's screening was ever asked for."""
    found = await session.execute(select(Screening.id).where(Screening.customer_id == customer_id))
    return found.first() is not None


async def conclude(
    deps: Dependencies, session: Session, row: Any, *, digest: str | None = None, fresh: Sequence[str] = ()
) -> Mapping[ScreenerName, Screened]:
    """Moves `aml.status` as the screeners' words and the hits demand. `row` is the customer, locked, and `digest` of who it is
    now; `fresh` are new hits.

    Answers what each screener says, for whoever decides whether to go on asking.
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
