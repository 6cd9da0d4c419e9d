"""Screening: asked for when a verification that was started here is approved, or its vendor rings about it again.

What was found becomes `aml.status` step by step, through its one door. No answer, a fault, and a vendor that ran no screening are
never taken for a clear one.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from sqlalchemy import case, select, update

from app.db import Session, now, transaction
from app.domain import aml, ids
from app.domain.aml import Screened
from app.domain.customer import AmlStatus, KycStatus
from app.domain.provider import ProviderName
from app.domain.reference import Reference
from app.errors import StaleFence, VendorFault
from app.jobs import RING_AGAIN_SECONDS, SCREEN_CUSTOMER
from app.log import place
from app.model import customer as customer_model
from app.model import screening as screening_model
from app.model.screening import Screening
from app.model.verification import Verification
from app.service import work
from app.service.core import Core
from app.service.run import Workshop

log = structlog.get_logger(module=__name__)

# How soon one that is not over is asked about again: at first, and at most.
FIRST_SECONDS, MOST_SECONDS = 5.0, 3600.0


async def request(core: Core, session: Session, row: Any) -> None:
    """Asks for the screening of a verification's customer, now. Any number of requests before it begins are one."""
    screening_id = ids.new("scr")
    fresh = await session.insert_new(
        Screening,
        id=screening_id,
        tenant_id=row.tenant_id,
        customer_id=row.customer_id,
        verification_id=row.id,
        is_open=True,
        quiet=0,
        rings=0,
        fence=0,
        due_at=now(),
        ring_at=now(RING_AGAIN_SECONDS),
        created_at=core.clock.now(),
    )
    if not fresh:
        again = update(Screening).where(Screening.customer_id == row.customer_id).returning(Screening.id)
        values = {"verification_id": row.id, "is_open": True, "quiet": 0, "rings": Screening.rings + 1}
        found = await session.execute(again.values(due_at=now(), ring_at=now(RING_AGAIN_SECONDS), **values))
        screening_id = found.scalar_one()
    session.ring(SCREEN_CUSTOMER, screening_id)


async def screen(shop: Workshop, screening_id: str) -> None:
    """Asks the vendor what its screening has found. Running twice changes nothing."""
    async with transaction(shop.core.database) as session:
        query = select(Screening.__table__).where(Screening.id == screening_id).with_for_update(key_share=True)
        row = (await session.execute(query)).first()
        if row is None or not row.is_open:
            return
        if not await work.take(session, Screening, row, lease_until=now(shop.patience.lease)):
            return
        about = select(Verification.__table__).where(Verification.id == row.verification_id)
        verification = (await session.execute(about)).one()
    fence = row.fence + 1
    try:
        async with work.leased(shop.core.database, Screening, row.id, fence=fence, lease_seconds=shop.patience.lease):
            await _end(shop, row, fence, await _found(shop, verification))
    except StaleFence:
        log.info("screening.lease_lost", screening_id=screening_id)
    except asyncio.CancelledError:
        await asyncio.shield(_put_back(shop, row, fence))
        raise


async def _found(shop: Workshop, verification: Any) -> Screened | None:
    """What the vendor says; None where it did not say anything that is sure."""
    provider = shop.providers.get(ProviderName(verification.provider))
    if provider is None:
        return None
    try:
        return await provider.screened(Reference(verification.reference, verification.integration))
    except VendorFault as fault:
        log.warning("vendor.fault", verification_id=verification.id, kind=type(fault).__name__, operation=fault.operation)
    except Exception as problem:  # the edge of the work: whatever it was, it is asked again
        log.error("screening.defect", verification_id=verification.id, error=type(problem).__name__, at=place(problem))
    return None


async def _end(shop: Workshop, row: Any, fence: int, found: Screened | None) -> None:
    """A result is applied, and ends it until somebody asks again; without one it is asked about later and later."""
    over = found in (Screened.CLEAR, Screened.HITS, Screened.NONE)
    wait = min(MOST_SECONDS, FIRST_SECONDS * 2 ** min(row.quiet, 10))
    heard = Screening.rings == row.rings
    due = case((heard, now(wait)), else_=now())
    async with transaction(shop.core.database) as session:
        # Customer before screening, as where it is asked for: two who lock both in one order cannot wait for each other.
        if found is not None:
            await _apply(shop.core, session, row.customer_id, found)
        still = case((heard, not over), else_=True)
        values = {"is_open": still, "quiet": row.quiet + 1, "lease_until": None, "due_at": due, "ring_at": due}
        await screening_model.write(session, row.id, fence=fence, **values)


async def _put_back(shop: Workshop, row: Any, fence: int) -> None:
    try:
        async with transaction(shop.core.database) as session:
            await screening_model.write(session, row.id, fence=fence, lease_until=None, due_at=now(), ring_at=now())
    except StaleFence:
        return


async def _apply(core: Core, session: Session, customer_id: str, found: Screened) -> None:
    """Only a customer who is verified is screened: of another nothing is taken in."""
    row = await customer_model.locked(session, customer_id)
    if row.kyc_status != KycStatus.VERIFIED:
        return
    for to in aml.moves(AmlStatus(row.aml_status), found):
        await customer_model.move_aml(session, row, to=to, at=core.clock.now(), reason="screening")
        row = await customer_model.locked(session, customer_id)
