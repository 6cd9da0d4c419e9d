"""One round of a customer's screening: asks every screener that has not responded in this round, and stores the reports."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Collection, Mapping
from typing import Any

import structlog
from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.aml import OPEN, Screened
from app.domain.ingestion import IngestionStatus
from app.domain.reference import Reference
from app.domain.screening import Case, Report, ScreenerName, Seen
from app.errors import Crowded, GatehouseError, StaleFence
from app.log import place
from app.model import customer as customer_model
from app.model import screening as screening_model
from app.model.check import AmlCheck
from app.model.customer import Customer
from app.model.ingestion import Ingestion
from app.model.screening import Screening
from app.model.verification import Verification
from app.service.context import WorkContext
from app.service.dependencies import Dependencies
from app.service.screening import hit, person, screening
from app.service.trust.vault import DataKeyCipher
from app.service.work import lease
from app.store.db import Session, now, transaction

log = structlog.get_logger(module=__name__)

# The first and the longest pause before an unfinished round is retried.
FIRST_SECONDS, MOST_SECONDS = 5.0, 3600.0
# The first pause when other screenings already wait for the same provider's rate limit: an early retry would fail.
CROWDED_SECONDS = 40.0
# The time limit for one screener, including the wait for its turn.
ANSWER_SECONDS = 90.0
# Screening waits for a running ingestion to bring in the customer's data, but no longer than this.
GATHERING_SECONDS = 900.0


async def screen(context: WorkContext, screening_id: str) -> None:
    """Runs one round as far as possible now, under a lease. Running it twice changes nothing."""
    row = await _claim(context, screening_id)
    if row is None:
        return
    try:
        async with lease.leased(context.deps.database, Screening, row.id, fence=row.fence, lease_seconds=context.limits.lease):
            await _round(context, row)
    except StaleFence:
        log.info("screening.lease_lost", screening_id=screening_id)
    except asyncio.CancelledError:
        await asyncio.shield(_put_back(context, row, 0.0))
        raise


async def _claim(context: WorkContext, screening_id: str) -> Any | None:
    """Claims the screening and begins a new round if the last one ended.

    Returns the row after the claim, or None if the screening is closed or already claimed.
    """
    query = select(Screening.__table__).where(Screening.id == screening_id)
    async with transaction(context.deps.database) as session:
        row = (await session.execute(query.with_for_update(key_share=True))).first()
        if row is None or not row.is_open:
            return None
        values: dict[str, Any] = {"lease_until": now(context.limits.lease)}
        if row.ended_at is not None:
            values |= {"asked_at": now(), "ended_at": None, "quiet": 0}
        if not await lease.take(session, Screening, row, **values):
            return None
        return (await session.execute(query)).one()


async def _round(context: WorkContext, row: Any) -> None:
    deps = context.deps
    async with deps.database.reading() as connection:
        owner = (await connection.execute(select(Customer.__table__).where(Customer.id == row.customer_id))).one()
        gathering = await _gathering(deps, connection, row)
        known = (await person.of_customers(connection, deps, row.tenant_id, [owner])).get(owner.id)
        seen = await _seen(connection, row.verifications)
        said = await screening.checks(connection, row.customer_id)
    if gathering:
        await _put_back(context, row, FIRST_SECONDS)
        return
    if known is None:
        await _close(context, row)
        return
    who, cipher = known
    digest = person.digest(who, cipher)
    # A paid screener is asked once per round. The lists are free and may have changed, so they are asked every time.
    answered = {name for name, check in said.items() if screening.holds(check, digest=digest, asked_at=row.asked_at)}
    wanted = screening.wanted(context.screeners, owner)
    asked = {name: context.screeners[name] for name in wanted if name not in answered - {ScreenerName.LISTS}}
    case_ = Case(who, seen)
    answers = await asyncio.gather(*(_asked(row, name, screener, case_) for name, screener in asked.items()))
    found = {name: answer for name, answer in zip(asked, answers, strict=True) if isinstance(answer, Report)}
    await _take_in(context, row, found, digest, cipher, crowded=any(isinstance(answer, Crowded) for answer in answers))


async def _gathering(deps: Dependencies, connection: AsyncConnection, row: Any) -> bool:
    since = deps.clock.now() - dt.timedelta(seconds=GATHERING_SECONDS)
    query = select(Ingestion.id).where(
        Ingestion.customer_id == row.customer_id, Ingestion.status != IngestionStatus.FINISHED, Ingestion.created_at > since
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def _seen(connection: AsyncConnection, verification_ids: list[str]) -> tuple[Seen, ...]:
    rows = await connection.execute(select(Verification.__table__).where(Verification.id.in_(verification_ids)))
    return tuple(Seen(row.provider, Reference(row.reference, row.integration), tuple(row.reject_labels)) for row in rows.all())


async def _asked(row: Any, name: ScreenerName, screener: Any, case_: Case) -> Report | Crowded | None:
    """Returns one screener's report, Crowded if it has no capacity now, or None if it failed or timed out."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return (await screener.screen([case_]))[0]  # type: ignore[no-any-return]
    except Crowded as crowd:
        return crowd
    except (GatehouseError, TimeoutError) as fault:
        log.warning("screener.fault", screening_id=row.id, screener=name, kind=type(fault).__name__)
    except Exception as problem:  # the outermost handler: every failure is retried
        log.error("screening.defect", screening_id=row.id, screener=name, error=type(problem).__name__, at=place(problem))
    return None


async def _take_in(
    context: WorkContext,
    row: Any,
    found: Mapping[ScreenerName, Report],
    digest: str,
    cipher: DataKeyCipher,
    *,
    crowded: bool,
) -> None:
    """Stores the reports, updates `aml.status`, and sets the next due time.

    While a screener has yet to respond, the round is retried with growing delays. After that, the configured interval applies.
    """
    deps = context.deps
    async with transaction(deps.database) as session:
        # Locks the customer before the screening, in the same order as `screening.request`, to prevent deadlocks.
        owner = await customer_model.locked(session, row.customer_id)
        fresh: list[str] = []
        stale = await _asked_again(session, row)
        # A change of personal data makes a new request. Without one, the digest is still current.
        same = None if stale else digest
        for name, report in found.items():
            if name in stale:
                continue
            fresh += await keep(deps, session, owner, name, report, digest, cipher)
        said = await screening.conclude(deps, session, owner, digest=same, fresh=fresh)
        waits = any(screened in OPEN for screened in said.values())
        first = CROWDED_SECONDS * random.uniform(0.5, 1.5) if crowded else FIRST_SECONDS  # noqa: S311 - not a secret
        wait = min(MOST_SECONDS, first * 2 ** min(row.quiet, 10)) if waits else deps.screening.again_seconds
        unchanged = Screening.requests == row.requests
        due = case((unchanged, now(wait)), else_=now())
        values = {"quiet": row.quiet + 1, "lease_until": None, "due_at": due, "wake_at": due}
        if not waits:
            values["ended_at"] = case((unchanged, deps.clock.now()), else_=None)
        await screening_model.write(session, row.id, fence=row.fence, **values)


async def _asked_again(session: Session, row: Any) -> Collection[ScreenerName]:
    """Returns the screeners whose reports are outdated.

    All of them are if a new screening was requested since the claim, and the provider's is if a notice arrived. A new request
    locks the customer, and so does the caller.
    """
    query = select(Screening.asked_at, Screening.requests).where(Screening.id == row.id)
    present = (await session.execute(query)).one()
    if present.asked_at != row.asked_at:
        return frozenset(ScreenerName)
    return frozenset({ScreenerName.PROVIDER}) if present.requests != row.requests else frozenset()


async def keep(
    deps: Dependencies,
    session: Session,
    owner: Any,
    name: ScreenerName,
    report: Report,
    digest: str,
    cipher: DataKeyCipher,
) -> list[str]:
    """Stores one screener's report on a customer whose row is locked. Returns the ids of hits that need a verdict."""
    if report.screened is Screened.ABSENT:
        return []
    values: dict[str, Any] = {
        "tenant_id": owner.tenant_id,
        "screened": report.screened,
        "algorithm": report.algorithm,
        "versions": dict(report.versions),
        "remarks": list(report.remarks),
        "person": digest,
        "checked_at": now(),
    }
    if not await session.insert_new(AmlCheck, customer_id=owner.id, screener=name, **values):
        mine = (AmlCheck.customer_id == owner.id) & (AmlCheck.screener == name)
        await session.execute(update(AmlCheck).where(mine).values(**values))
    # A screener that failed cannot withdraw a hit.
    if report.screened in OPEN or report.screened is Screened.NONE:
        return []
    return await hit.take_in(deps, session, owner, name, report, cipher)


async def _put_back(context: WorkContext, row: Any, after: float) -> None:
    due = case((Screening.requests == row.requests, now(after)), else_=now())
    try:
        async with transaction(context.deps.database) as session:
            await screening_model.write(session, row.id, fence=row.fence, lease_until=None, due_at=due, wake_at=due)
    except StaleFence:
        return


async def _close(context: WorkContext, row: Any) -> None:
    """Closes the screening of a customer whose data key was destroyed."""
    async with transaction(context.deps.database) as session:
        await screening_model.write(session, row.id, fence=row.fence, is_open=False, lease_until=None)
