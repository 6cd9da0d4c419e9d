"""The steps of an ingestion: claim, redeem or find, fetch, extract, download, record.

A worker may stop after any step. Recorded results stay, and the next claim continues from there.
"""

from __future__ import annotations

import asyncio
import random
from typing import Any

import structlog

from app.domain.ingestion import CLAIMS_WITHOUT_PROGRESS, SourceKind
from app.domain.process import KycProcess
from app.domain.process.outcome import Outcome
from app.domain.provider import Provider, ProviderName, Snapshot
from app.domain.reference import Reference
from app.errors import Answered, NotReady, ProcessFault, StaleFence, Unanswered, VendorFault
from app.log import place
from app.model import ingestion as ingestion_model
from app.model.ingestion import Ingestion
from app.service.context import WorkContext
from app.service.ingestion import claim, ingestion, media, payload, record, source
from app.service.ingestion.finding import Finding
from app.service.trust import data_key
from app.service.trust.vault import DataKeyCipher
from app.service.work import lease
from app.store.db import transaction

log = structlog.get_logger(module=__name__)

RETRY_FIRST, RETRY_CAP = 0.4, 20.0
READY_FIRST, READY_CAP = 0.5, 15.0
DEFECT_PAUSE = 2.0
# After a call that got no response, the provider may still be processing it.
SETTLE_SECONDS = 1.0
SET_ASIDE = ProcessFault(
    "workflow_error",
    "Working on this ingestion failed again and again without progress; it was set aside.",
    "Ask the operator to look at the workers' log for this ingestion's id, then create a new ingestion.",
)
NOT_CONFIGURED = ProcessFault(
    "workflow_error",
    "The provider of this ingestion is no longer configured.",
    "Ask the operator to configure the provider's credentials, then create a new ingestion.",
)


async def carry_out(context: WorkContext, ingestion_id: str) -> None:
    """Carries out one ingestion as far as currently possible. Does nothing if it is finished or already claimed."""
    row = await claim.claim(context.deps, ingestion_id, lease_seconds=context.limits.lease)
    if row is None:
        return
    run = Run(context, row, row.fence + 1)
    try:
        async with lease.leased(context.deps.database, Ingestion, row.id, fence=run.fence, lease_seconds=context.limits.lease):
            await run.go()
    except StaleFence:
        log.info("ingestion.lease_lost", ingestion_id=ingestion_id)
    except asyncio.CancelledError:
        await asyncio.shield(run.put_back(after=0.0))
        raise


class Run:
    """One claim of one ingestion. Every write carries its fence."""

    def __init__(self, context: WorkContext, row: Any, fence: int) -> None:
        self.context = context
        self.row = row
        self.fence = fence
        self.reference: str | None = row.provider_reference

    async def go(self) -> None:
        provider = self.context.providers.get(ProviderName(self.row.provider))
        if self.row.claims >= CLAIMS_WITHOUT_PROGRESS or provider is None:
            await self._fail(NOT_CONFIGURED if provider is None else SET_ASIDE)
            return
        try:
            cipher = await self._cipher()
            references = await self._resolve(provider, cipher)
            imported = self.row.source_kind != SourceKind.APPLICANT_ID
            snapshot = await provider.fetch(references, imported=imported)
            await self._take_in(provider, snapshot, cipher)
        except NotReady as waiting:
            await self._wait(waiting)
        except VendorFault as fault:
            await self._after_fault(provider, fault)
        except ProcessFault as fault:
            await self._fail(fault)
        except StaleFence:
            raise
        except Exception as problem:  # the outermost handler: any other error is retried, then the ingestion fails
            log.error("ingestion.defect", ingestion_id=self.row.id, error=type(problem).__name__, at=place(problem))
            await self.put_back(after=DEFECT_PAUSE, claims=self.row.claims + 1)

    async def put_back(self, *, after: float, **values: Any) -> None:
        """Releases the row for another claim after `after` seconds."""
        try:
            async with transaction(self.context.deps.database) as session:
                await claim.release(
                    session, self.row, fence=self.fence, after=after, **{"provider_reference": self.reference, **values}
                )
        except StaleFence:
            return

    async def _cipher(self) -> DataKeyCipher:
        async with self.context.deps.database.reading() as connection:
            found = await data_key.ciphers(connection, self.context.deps.vault, self.row.tenant_id, [self.row.customer_id])
        return found[self.row.customer_id]

    async def _resolve(self, provider: Provider, cipher: DataKeyCipher) -> tuple[Reference, ...]:
        """Returns the verifications to fetch. Redeems a single-use token at most once.

        The claim stored the intent to redeem. If an earlier claim had already stored it, searches before the call.
        """
        if self.reference is not None:
            return (Reference(self.reference),)
        stored = cipher.open(self.row.source, ingestion.SOURCE)
        if self.row.source_kind != SourceKind.SHARE_TOKEN:
            return source.references(SourceKind(self.row.source_kind), stored)
        self.reference = await self._redeemed(provider, stored.decode())
        return (Reference(self.reference),)

    async def _redeemed(self, provider: Provider, token: str) -> str:
        in_doubt = self.row.intent_at is not None
        found = await provider.find(self.row.id) if in_doubt else None
        if found is not None:
            return found
        try:
            return await provider.redeem(token, self.row.id)
        except Answered as refusal:
            # An earlier call in doubt may have taken effect between the search and this call.
            found = await provider.find(self.row.id) if in_doubt and not refusal.passing else None
            if found is None:
                raise
            return found

    async def _take_in(self, provider: Provider, snapshot: Snapshot, cipher: DataKeyCipher) -> None:
        """Extracts every open process, stores results without files, downloads the files of the others, and finishes.

        A process whose verification is not decided yet stays open. Raises NotReady once everything else is stored.
        """
        deps, row = self.context.deps, self.row
        async with deps.database.reading() as connection:
            still_open = await record.unfinished(connection, row)
        extracted = {process: _extracted(provider, process, snapshot) for process in still_open}
        undecided = [found for found in extracted.values() if isinstance(found, NotReady)]
        found = {process: result for process, result in extracted.items() if not isinstance(result, NotReady)}
        waiting = {process: result for process, result in found.items() if isinstance(result, Outcome) and result.media}
        ready = {process: Finding(result) for process, result in found.items() if process not in waiting}
        over = not waiting and not undecided
        async with transaction(deps.database) as session:
            # Only a result counts as progress. Data that every attempt stores again must not keep a failing row alive.
            progress: dict[str, Any] = {"claims": 0} if ready else {}
            await ingestion_model.write(session, row.id, fence=self.fence, provider_reference=self.reference, **progress)
            await record.verifications(deps, session, row, provider, snapshot, cipher)
            if found:
                await payload.of_ingestion(session, row, snapshot, cipher)
            await record.findings(deps, session, row, ready, snapshot, cipher)
            if over:
                await record.finish(deps, session, row, fence=self.fence, references=snapshot.references)
        if waiting:
            stored = await media.fetch_all(self.context.blobs, provider, row, snapshot, waiting, cipher)
            async with transaction(deps.database) as session:
                await ingestion_model.write(session, row.id, fence=self.fence, claims=0)
                await record.findings(deps, session, row, stored, snapshot, cipher)
                if not undecided:
                    await record.finish(deps, session, row, fence=self.fence, references=snapshot.references)
        if undecided:
            raise undecided[0]

    async def _wait(self, waiting: NotReady) -> None:
        """Schedules a retry while the provider has not decided. Fails the ingestion after the readiness limit."""
        at = self.context.deps.clock.now()
        since = self.row.waiting_since or at
        waited = (at - since).total_seconds()
        if waited >= self.context.limits.readiness:
            await self._fail(
                ProcessFault(
                    "provider_data_readiness_timeout_exceeded",
                    f"The provider did not decide within {self.context.limits.readiness:g} seconds.",
                    "Wait until the provider has approved the verification, then create a new ingestion.",
                    details={"providerState": waiting.state},
                )
            )
            return
        await self.put_back(after=_spread(READY_FIRST, waited, READY_CAP), waiting_since=since, faulty_since=None)

    async def _after_fault(self, provider: Provider, fault: VendorFault) -> None:
        """Retries a temporary fault within the time limit. Any other fault fails the open processes."""
        at = self.context.deps.clock.now()
        since = self.row.faulty_since or at
        lasted = (at - since).total_seconds()
        log.warning("vendor.fault", ingestion_id=self.row.id, kind=type(fault).__name__, operation=fault.operation)
        if not fault.passing or lasted >= self.context.limits.retry:
            await self._fail(provider.explain(fault))
            return
        pause = _spread(RETRY_FIRST, lasted, RETRY_CAP)
        if isinstance(fault, Unanswered):
            pause = max(pause, SETTLE_SECONDS)
        if isinstance(fault, Answered) and fault.retry_after is not None:
            pause = max(pause, fault.retry_after)
        await self.put_back(after=pause, faulty_since=since)

    async def _fail(self, fault: ProcessFault) -> None:
        deps = self.context.deps
        async with transaction(deps.database) as session:
            values = {"provider_reference": self.reference} if self.reference else {"claims": 0}
            await ingestion_model.write(session, self.row.id, fence=self.fence, **values)
            await record.failed(deps, session, self.row, fault)
            await record.finish(deps, session, self.row, fence=self.fence)


def _extracted(provider: Provider, process: KycProcess, snapshot: Snapshot) -> Outcome | ProcessFault | NotReady:
    """Returns the outcome of one process, or its fault or NotReady, so that it does not affect the others."""
    try:
        return provider.extract(process, snapshot)
    except (ProcessFault, NotReady) as reason:
        return reason
    except Exception as problem:  # hostile or unexpected data must not fail the other processes
        log.error("process.defect", process=process, error=type(problem).__name__, at=place(problem))
        return ProcessFault(
            "unknown_error",
            "The provider's data could not be understood.",
            "Report this with the ingestion's id; the provider's answer is kept and can be computed again.",
        )


def _spread(first: float, elapsed: float, cap: float) -> float:
    """Returns a back-off in seconds that grows with the elapsed time, with jitter so retries do not coincide."""
    return min(cap, max(first, elapsed / 2)) * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
