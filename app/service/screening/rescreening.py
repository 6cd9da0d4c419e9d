"""Re-screening: after a list is replaced, all verified customers are screened against the new version, in batches.

Customers that are still clear are updated together in one statement. Every other customer is concluded like after any screening.
One batch runs at a time, beside live work, and a re-screening resumes where it was after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.aml import Screened
from app.domain.customer import KycStatus
from app.domain.screening import Case, Person, Report, ScreenerName
from app.errors import GatehouseError, ScreenerFault, StaleFence
from app.log import place
from app.model import customer as customer_model
from app.model import rescreening as model
from app.model.check import AmlCheck
from app.model.customer import Customer
from app.model.rescreening import Rescreening
from app.notify.wakeup import RESCREEN, WAKE_AGAIN_SECONDS
from app.service.context import WorkContext
from app.service.dependencies import Dependencies
from app.service.screening import person, screening, screening_round
from app.service.trust.vault import DataKeyCipher
from app.service.work import lease
from app.store.db import Session, now, transaction

log = structlog.get_logger(module=__name__)

# Includes customers that were screened before but are not verified now, because they may be verified again.
LOOKED_FOR = (Customer.kyc_status == KycStatus.VERIFIED) | Customer.aml_person.is_not(None)
PIECE = 200
# The pause after a fault. After a batch, the re-screening goes to the end of the queue, so that other work gets its turn.
FAULT_SECONDS = 10.0
SHOWN = 20


async def begin(deps: Dependencies, session: Session, list_name: str, version: str) -> None:
    """Stores a re-screening for a list version that became active. Closes any open one for an older version of the list."""
    left = update(Rescreening).where(Rescreening.list == list_name, Rescreening.is_open)
    await session.execute(left.values(is_open=False, fence=Rescreening.fence + 1, lease_until=None, ended_at=deps.clock.now()))
    counted = select(func.count()).select_from(Customer).where(LOOKED_FOR)
    total = (await session.execute(counted)).scalar_one()
    rescreening_id, at = ids.new("rsc"), deps.clock.now()
    await session.execute(
        insert(Rescreening).values(
            id=rescreening_id,
            list=list_name,
            version=version,
            is_open=True,
            total=total,
            done=0,
            found=0,
            place="",
            fence=0,
            due_at=now(),
            # The import command sends no wake-ups, so the relay must send this one at once.
            wake_at=now(),
            created_at=at,
        )
    )


async def walk(context: WorkContext, rescreening_id: str) -> None:
    """Runs one batch of a re-screening under a lease. Running it twice changes nothing."""
    database = context.deps.database
    async with transaction(database) as session:
        query = select(Rescreening.__table__).where(Rescreening.id == rescreening_id).with_for_update(key_share=True)
        row = (await session.execute(query)).first()
        if row is None or not row.is_open:
            return
        if not await lease.take(session, Rescreening, row, lease_until=now(context.limits.lease)):
            return
    fence = row.fence + 1
    try:
        async with lease.leased(database, Rescreening, row.id, fence=fence, lease_seconds=context.limits.lease):
            await _piece(context, row, fence)
    except StaleFence:
        log.info("rescreening.lease_lost", rescreening_id=rescreening_id)
    except GatehouseError as fault:
        log.warning("rescreening.fault", rescreening_id=rescreening_id, kind=type(fault).__name__)
        await _put_back(context, row, fence, FAULT_SECONDS)
    except asyncio.CancelledError:
        await asyncio.shield(_put_back(context, row, fence, 0.0))
        raise
    except Exception as problem:  # the outermost handler: every failure is retried
        log.error("rescreening.defect", rescreening_id=row.id, error=type(problem).__name__, at=place(problem))
        await _put_back(context, row, fence, FAULT_SECONDS)


async def _piece(context: WorkContext, row: Any, fence: int) -> None:
    deps, lists = context.deps, context.screeners.get(ScreenerName.LISTS)
    people = await _next(deps, row.place) if lists is not None else []
    found = await _each(context, people) if people else 0
    async with transaction(deps.database) as session:
        values: dict[str, Any] = {"lease_until": None, "due_at": now(), "wake_at": now(WAKE_AGAIN_SECONDS)}
        if people:
            values |= {"place": people[-1].id, "done": row.done + len(people), "found": row.found + found}
            session.wake(RESCREEN, row.id)
        else:
            values |= {"is_open": False, "ended_at": deps.clock.now()}
        await model.write(session, row.id, fence=fence, **values)


async def _next(deps: Dependencies, behind: str) -> Sequence[Any]:
    query = select(Customer.__table__).where(Customer.id > behind, LOOKED_FOR)
    async with deps.database.reading() as connection:
        found: Sequence[Any] = (await connection.execute(query.order_by(Customer.id).limit(PIECE))).all()
    return found


async def _each(context: WorkContext, rows: Sequence[Any]) -> int:
    """Screens a batch together. If that fails, screens each customer alone, so that one with broken data cannot block the rest.

    Returns the number of customers with hits that need a verdict. Raises ScreenerFault and StaleFence.
    """
    try:
        return await _look_for(context, rows)
    except (ScreenerFault, StaleFence):
        raise
    except Exception as problem:
        if len(rows) > 1:
            return sum([await _each(context, [row]) for row in rows])
        log.error("rescreening.defect", customer_id=rows[0].id, error=type(problem).__name__, at=place(problem))
        async with transaction(context.deps.database) as session:
            # The customer's own screening retries and reports the problem.
            await screening.request(context.deps, session, await customer_model.locked(session, rows[0].id), anew=False)
        return 0


async def _look_for(context: WorkContext, rows: Sequence[Any]) -> int:
    """Screens customers against the lists. Returns the number of customers with hits that need a verdict."""
    deps = context.deps
    known: dict[str, tuple[Person, DataKeyCipher]] = {}
    async with deps.database.reading() as connection:
        for tenant_id in sorted({row.tenant_id for row in rows}):
            known |= await person.of_customers(connection, deps, tenant_id, [row for row in rows if row.tenant_id == tenant_id])
        before = await _checks(connection, [row.id for row in rows])
    asked = [row for row in rows if row.id in known]
    reports = await context.screeners[ScreenerName.LISTS].screen([Case(known[row.id][0]) for row in asked])
    same: dict[str, list[str]] = {}
    found = 0
    for row, report in zip(asked, reports, strict=True):
        digest = person.digest(*known[row.id])
        if _as_before(before.get(row.id), report, digest):
            same.setdefault(digest, []).append(row.id)
        else:
            found += await _conclude(deps, row, report, digest, known[row.id][1])
    await _still_clear(deps, same, reports[0] if reports else None)
    return found


async def _checks(connection: AsyncConnection, customer_ids: Sequence[str]) -> dict[str, Any]:
    query = select(AmlCheck.__table__).where(AmlCheck.customer_id.in_(customer_ids), AmlCheck.screener == ScreenerName.LISTS)
    return {row.customer_id: row for row in await connection.execute(query)}


def _as_before(check: Any | None, report: Report, digest: str) -> bool:
    clear = report.screened is Screened.CLEAR
    return clear and check is not None and check.screened == Screened.CLEAR and check.person == digest


async def _still_clear(deps: Dependencies, same: dict[str, list[str]], report: Report | None) -> None:
    """Stores the new list versions on the checks of clear customers. Skips customers whose personal data changed meanwhile."""
    if not same or report is None:
        return
    customers = [customer_id for found in same.values() for customer_id in found]
    still = update(AmlCheck).where(
        AmlCheck.screener == ScreenerName.LISTS,
        AmlCheck.customer_id.in_(customers),
        AmlCheck.person.in_(list(same)),
        AmlCheck.screened == Screened.CLEAR,
    )
    async with transaction(deps.database) as session:
        await session.execute(still.values(versions=dict(report.versions), algorithm=report.algorithm, checked_at=now()))


async def _conclude(deps: Dependencies, row: Any, report: Report, digest: str, cipher: DataKeyCipher) -> int:
    """Stores a report that differs from the last one and concludes the screening. Returns 1 if a hit needs a verdict, else 0."""
    async with transaction(deps.database) as session:
        owner = await customer_model.locked(session, row.id)
        present = (await person.of_customers(session, deps, owner.tenant_id, [owner])).get(owner.id)
        if present is None or person.digest(*present) != digest:
            return 0  # the personal data changed meanwhile, which starts a screening of its own
        fresh = await screening_round.keep(deps, session, owner, ScreenerName.LISTS, report, digest, cipher)
        if report.screened is Screened.SILENT:
            await screening.request(deps, session, owner, anew=False)
        elif await screening.known(session, owner.id):
            await screening.conclude(deps, session, owner, digest=digest, fresh=fresh)
        else:
            # The customer was verified before screening was in use, so all screeners are asked.
            await screening.request(deps, session, owner)
    return int(bool(fresh))


async def _put_back(context: WorkContext, row: Any, fence: int, after: float) -> None:
    try:
        async with transaction(context.deps.database) as session:
            await model.write(session, row.id, fence=fence, lease_until=None, due_at=now(after), wake_at=now(after))
    except StaleFence:
        return


async def newest(connection: AsyncConnection) -> Sequence[Any]:
    """Returns the last re-screenings, newest first."""
    return (await connection.execute(select(Rescreening.__table__).order_by(Rescreening.id.desc()).limit(SHOWN))).all()
