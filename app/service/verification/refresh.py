"""Refresh of a verification: fetches its state from the provider after a notice, or when it stayed too long in a stage.

One refresh runs at a time per verification, under a fence. A snapshot is applied only if it is newer than the stored state.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import case, select

from app.domain.provider import Provider, ProviderName, VerificationSnapshot
from app.domain.reference import Reference
from app.domain.verification import Stage, next_refresh
from app.errors import Answered, StaleFence, VendorFault
from app.log import place
from app.model import verification as verification_model
from app.model.verification import Verification
from app.service.context import WorkContext
from app.service.ingestion import drift
from app.service.screening import screening
from app.service.trust import data_key
from app.service.verification import inbound, verification
from app.service.work import lease
from app.store.db import now, transaction

log = structlog.get_logger(module=__name__)

RETRY_FIRST, RETRY_CAP = 1.0, 600.0
# The pauses after refusals that a retry alone does not fix: bad credentials, and a verification that no longer exists.
REFUSED_SECONDS, MISSING_SECONDS = 900.0, 86_400.0
DEFECT_SECONDS = 30.0
# The pause after a notice that brought no change: the provider's response may come from a replica that lags behind its webhook.
ECHO_SECONDS = 15.0
GONE = frozenset({404, 410})


async def refresh(context: WorkContext, verification_id: str) -> None:
    """Refreshes one verification from its provider, under a lease. Running it twice changes nothing."""
    claimed = await _claim(context, verification_id)
    if claimed is None:
        return
    row, event_ids = claimed
    claimed_refresh = Refresh(context, row, event_ids)
    try:
        async with lease.leased(
            context.deps.database, Verification, row.id, fence=claimed_refresh.fence, lease_seconds=context.limits.lease
        ):
            await claimed_refresh.run()
    except StaleFence:
        log.info("verification.lease_lost", verification_id=verification_id)
    except asyncio.CancelledError:
        await asyncio.shield(claimed_refresh.put_back(0.0))
        raise


async def _claim(context: WorkContext, verification_id: str) -> tuple[Any, Sequence[str]] | None:
    """Claims the verification.

    Returns the row as it was before the claim, with the ids of the events that this refresh handles, or None if the verification
    does not exist or is already claimed.
    """
    async with transaction(context.deps.database) as session:
        query = select(Verification.__table__).where(Verification.id == verification_id).with_for_update(key_share=True)
        row = (await session.execute(query)).first()
        if row is None or not await lease.take(session, Verification, row, lease_until=now(context.limits.lease)):
            return None
        return row, await inbound.waiting_for(session, verification_id)


class Refresh:
    """One claim of one verification."""

    def __init__(self, context: WorkContext, row: Any, event_ids: Sequence[str]) -> None:
        self.context = context
        self.row = row
        self.fence = row.fence + 1
        self.event_ids = event_ids

    async def run(self) -> None:
        provider = self.context.providers.get(ProviderName(self.row.provider))
        if provider is None:
            await self.put_back(REFUSED_SECONDS)
            return
        try:
            await self._refresh(provider)
        except VendorFault as fault:
            await self._after_fault(fault)
        except StaleFence:
            raise
        except Exception as problem:  # the outermost handler: every failure is retried
            log.error("verification.defect", verification_id=self.row.id, error=type(problem).__name__, at=place(problem))
            await self.put_back(DEFECT_SECONDS)

    async def _refresh(self, provider: Provider) -> None:
        deps = self.context.deps
        reference = Reference(self.row.reference, self.row.integration)
        # A notice can require a thorough refresh. Without a notice, any part may have changed.
        thorough = self.row.thorough or not self.event_ids
        snapshot = await provider.refresh(reference, thorough=thorough)
        seen = VerificationSnapshot(reference, provider.state(snapshot, reference), snapshot)
        unknown = provider.unknown(snapshot)
        async with transaction(deps.database) as session:
            row = await self._locked(session)
            cipher = (await data_key.ciphers(session, deps.vault, row.tenant_id, [row.customer_id])).get(row.customer_id)
            changed = cipher is not None and await verification.apply(deps, session, row, seen, cipher)
            await drift.record(
                session,
                unknown,
                tenant_id=row.tenant_id,
                provider=row.provider,
                at=deps.clock.now(),
                verification_id=row.id,
                customer_id=row.customer_id,
            )
            listed_by_refusal = (
                provider.listed_by_refusal(reference, seen.state.labels) if seen.state.stage is Stage.DECLINED else ()
            )
            if (seen.state.stage is Stage.APPROVED or listed_by_refusal) and (changed or self.event_ids):
                await screening.on_provider_notice(deps, session, row)
            await inbound.handled(session, self.event_ids, changed=changed)
            await inbound.match(deps, session, row.id)
            await self._end(session, row, seen.state.stage, changed=changed)

    async def _locked(self, session: Any) -> Any:
        """Returns the current row, locked. Raises StaleFence if another worker has claimed it."""
        query = select(Verification.__table__).where(Verification.id == self.row.id, Verification.fence == self.fence)
        row = (await session.execute(query.with_for_update(key_share=True))).first()
        if row is None:
            raise StaleFence(self.row.id)
        return row

    async def _end(self, session: Any, row: Any, stage: Stage | None, *, changed: bool) -> None:
        """Releases the row and schedules the next refresh.

        The next refresh is due at once after a new notice, within ECHO_SECONDS after a notice without a change, and otherwise
        as `next_refresh` says.
        """
        deps, quiet = self.context.deps, 0 if changed or self.event_ids else row.quiet + 1
        sure = stage or (Stage(row.stage) if row.stage else Stage.CREATED)
        wait = next_refresh(sure, quiet, deps.expected_stay)
        if self.event_ids and not changed:
            wait = min(wait, ECHO_SECONDS)
        await verification_model.write(
            session,
            row.id,
            fence=self.fence,
            **self._released(wait),
            thorough=case((Verification.notices == self.row.notices, False), else_=Verification.thorough),
            quiet=quiet,
            faulty_since=None,
            refreshed_at=deps.clock.now(),
        )

    def _released(self, wait: float) -> dict[str, Any]:
        """Returns the columns that release the row until a refresh after `wait` seconds.

        The refresh is due at once if a notice arrived since the claim, or if this refresh handled a full batch of events.
        """
        unchanged = Verification.notices == self.row.notices
        due = now() if len(self.event_ids) == inbound.BATCH else case((unchanged, now(wait)), else_=now())
        return {"lease_until": None, "due_at": due, "wake_at": due}

    async def put_back(self, after: float, **values: Any) -> None:
        """Releases the row for another refresh after `after` seconds. Ignores a lost fence."""
        try:
            async with transaction(self.context.deps.database) as session:
                await verification_model.write(session, self.row.id, fence=self.fence, **self._released(after), **values)
        except StaleFence:
            return

    async def _after_fault(self, fault: VendorFault) -> None:
        """Retries a failed refresh with growing delays and never gives up. Keeps the stored state."""
        at = self.context.deps.clock.now()
        log.warning("vendor.fault", verification_id=self.row.id, kind=type(fault).__name__, operation=fault.operation)
        if isinstance(fault, Answered) and fault.status in GONE:
            await self._missing()
            return
        since = self.row.faulty_since or at
        lasted = (at - since).total_seconds()
        pause = min(RETRY_CAP, max(RETRY_FIRST, lasted)) * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
        if not fault.passing:
            pause = REFUSED_SECONDS
        if isinstance(fault, Answered) and fault.retry_after is not None:
            pause = max(pause, fault.retry_after)
        await self.put_back(pause, faulty_since=since)

    async def _missing(self) -> None:
        """Marks the verification as missing at the provider and records the event once. Keeps its last state and the customer."""
        deps = self.context.deps
        async with transaction(deps.database) as session:
            row = await self._locked(session)
            first = row.missing_since is None
            if first:
                verification.tell_missing(session, row)
            await inbound.handled(session, self.event_ids, changed=first)
            await verification_model.write(
                session,
                row.id,
                fence=self.fence,
                **self._released(MISSING_SECONDS),
                missing_since=row.missing_since or deps.clock.now(),
                refreshed_at=deps.clock.now(),
            )
