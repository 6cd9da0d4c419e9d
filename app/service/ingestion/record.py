"""Records of an ingestion's work: verifications, results, files and the final status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from app.domain import ids
from app.domain.customer import INGESTION_VERIFIES, KycStatus
from app.domain.ingestion import IngestionStatus
from app.domain.process import KycProcess, ResultStatus
from app.domain.provider import Provider, ProviderName, Snapshot, VerificationSnapshot
from app.domain.reference import Reference
from app.errors import ProcessFault
from app.model import customer as customer_model
from app.model import ingestion as ingestion_model
from app.model import result as result_model
from app.model.file import File
from app.model.result import ProcessResult
from app.service.customer import fingerprint
from app.service.dependencies import Dependencies
from app.service.fact import ResultsCompleted, VerificationRead
from app.service.ingestion import drift, outcome
from app.service.ingestion.finding import Finding, Kept
from app.service.trust.vault import DataKeyCipher
from app.store.db import Session


async def verifications(
    deps: Dependencies, session: Session, row: Any, provider: Provider, snapshot: Snapshot, cipher: DataKeyCipher
) -> None:
    """Records the verifications of a snapshot in their current state, and any unknown words in it as drift."""
    for reference in snapshot.references:
        state = provider.state(snapshot, reference)
        if state.review_status is not None:
            session.tell(VerificationRead(row, VerificationSnapshot(reference, state, snapshot.part(reference)), cipher))
    # Runs the handlers now, because results need their verifications to exist.
    await session.settle()
    await drift.record(
        session,
        provider.unknown(snapshot),
        tenant_id=row.tenant_id,
        provider=row.provider,
        at=deps.clock.now(),
        customer_id=row.customer_id,
    )


async def findings(
    deps: Dependencies,
    session: Session,
    row: Any,
    found: Mapping[KycProcess, Finding],
    snapshot: Snapshot,
    cipher: DataKeyCipher,
) -> None:
    """Moves each process's result to COMPLETED or FAILED. Never changes a result that is already decided."""
    at = deps.clock.now()
    for process, finding in found.items():
        values: dict[str, Any]
        if isinstance(finding.result, ProcessFault):
            to, values = ResultStatus.FAILED, {"error": outcome.error(finding.result)}
        else:
            to = ResultStatus.COMPLETED
            values = outcome.values(finding.result, ProviderName(row.provider), snapshot.fetched_at)
            seen = fingerprint.of_result(process, values["data"])
            await fingerprint.remember(session, deps.vault, row.tenant_id, row.customer_id, seen)
            values["data"] = cipher.seal_json(values["data"], result_model.SEALED_DATA)
        moved = await result_model.move(session, row, process=process, to=to, at=at, **values)
        if moved and finding.files:
            await session.execute(insert(File), [_file(deps, row, process, *item) for item in enumerate(finding.files)])


def _file(deps: Dependencies, row: Any, process: KycProcess, position: int, kept: Kept) -> dict[str, Any]:
    return {
        "id": ids.new("fil"),
        "tenant_id": row.tenant_id,
        "customer_id": row.customer_id,
        "ingestion_id": row.id,
        "process": process,
        "position": position,
        "category": kept.category,
        "context": kept.context,
        "content_type": kept.stored.content_type,
        "size": kept.stored.size,
        "sha256": kept.stored.sha256,
        "blob": kept.path,
        "vendor_id": kept.vendor_id,
        "created_at": deps.clock.now(),
    }


async def unfinished(session: Any, row: Any) -> list[KycProcess]:
    """Returns the processes that are still PROCESSING, in the order requested."""
    query = select(ProcessResult.process).where(
        ProcessResult.ingestion_id == row.id, ProcessResult.status == ResultStatus.PROCESSING
    )
    still_open = {found.process for found in await session.execute(query)}
    return [KycProcess(name) for name in row.processes if name in still_open]


async def failed(deps: Dependencies, session: Session, row: Any, fault: ProcessFault) -> None:
    """Fails every open process with the given fault."""
    for process in await unfinished(session, row):
        await result_model.move(
            session, row, process=process, to=ResultStatus.FAILED, at=deps.clock.now(), error=outcome.error(fault)
        )


async def finish(deps: Dependencies, session: Session, row: Any, *, fence: int, references: Sequence[Reference] = ()) -> None:
    """Finishes the ingestion: destroys its source, and verifies the customer if at least one process completed."""
    at = deps.clock.now()
    await ingestion_model.move(
        session,
        row,
        old=IngestionStatus.RUNNING,
        to=IngestionStatus.FINISHED,
        fence=fence,
        finished_at=at,
        source=None,
        lease_until=None,
    )
    completed = await session.execute(
        select(ProcessResult.process)
        .where(ProcessResult.ingestion_id == row.id, ProcessResult.status == ResultStatus.COMPLETED)
        .limit(1)
    )
    if completed.first() is None:
        return
    named = references or ([Reference(row.provider_reference)] if row.provider_reference else [])
    await verify_customer(deps, session, row, named)


async def verify_customer(deps: Dependencies, session: Session, row: Any, references: Sequence[Reference] = ()) -> None:
    """Moves the customer to VERIFIED if its status allows it, and records ResultsCompleted, which starts the screening of the
    ingested data, at the provider as well."""
    person = await customer_model.locked(session, row.customer_id)
    if KycStatus(person.kyc_status) in INGESTION_VERIFIES:
        at = deps.clock.now()
        await customer_model.move(session, person, to=KycStatus.VERIFIED, at=at, reason="verification_ingested")
    session.tell(ResultsCompleted(row.customer_id, row.provider, tuple(references)))
