"""Ingestions: created and read. `app.service.ingestion.run` carries them out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.event import EventType, NewEvent
from app.domain.ingestion import IngestionStatus, SourceKind
from app.domain.process import KycProcess, ResultStatus
from app.domain.provider import Capabilities, ProviderName
from app.domain.reference import Reference
from app.errors import UserFault, UserFaults
from app.model.customer import Customer
from app.model.file import File
from app.model.ingestion import Ingestion
from app.model.result import ProcessResult
from app.notify.wakeup import RUN_INGESTION, WAKE_AGAIN_SECONDS
from app.service.dependencies import Dependencies
from app.service.ingestion import source
from app.service.ingestion.source import Source
from app.service.trust import data_key, validation
from app.service.work import idempotency
from app.store.db import Session, now
from app.store.page import Keyset, newest_first

OPERATION = "createIngestion"
SOURCE = "ingestion.source"

PUBLIC = (
    Ingestion.id, Ingestion.tenant_id, Ingestion.customer_id, Ingestion.provider, Ingestion.status, Ingestion.processes,
    Ingestion.attempts, Ingestion.created_at, Ingestion.started_at, Ingestion.finished_at,
)  # fmt: skip
RESULT_COLUMNS = (
    ProcessResult.ingestion_id, ProcessResult.process, ProcessResult.status, ProcessResult.error, ProcessResult.warnings,
)  # fmt: skip


@dataclass(frozen=True)
class NewIngestion:
    customer_id: str
    source: Source
    processes: Sequence[KycProcess] | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class IngestionFilter:
    customer_id: str | None = None
    status: Collection[IngestionStatus] | None = None
    provider: ProviderName | None = None


def check(new: NewIngestion, offered: Mapping[ProviderName, Capabilities]) -> tuple[KycProcess, ...]:
    """Returns the processes to carry out, in the order requested. Raises UserFaults with all faults of the input."""
    capabilities = offered.get(new.source.provider)
    faults = [*source.faults(new.source, capabilities), *validation.idempotency_key(new.idempotency_key)]
    if ids.kind(new.customer_id) != "cus":
        faults.append(_unknown_customer())
    if capabilities is None:
        raise UserFaults(faults)
    wanted = tuple(new.processes) if new.processes is not None else source.processes(new.source, capabilities)
    if new.processes is not None or not faults:
        faults += source.process_faults(new.source, wanted, capabilities)
    validation.refuse(faults)
    return wanted


def _unknown_customer() -> UserFault:
    """Returns a new fault on each call, because an exception that is raised again accumulates tracebacks."""
    return UserFault(
        "NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Create the customer first, or check the id."
    )


async def create(deps: Dependencies, tenant_id: str, new: NewIngestion, offered: Mapping[ProviderName, Capabilities]) -> str:
    """Queues an ingestion and returns its id. A known idempotency key returns the id from the first request."""
    wanted = check(new, offered)
    given = {"customer": new.customer_id, "source": new.source.canonical, "processes": wanted}
    request = idempotency.Request(tenant_id, OPERATION, new.idempotency_key, idempotency.canonical(OPERATION, given))
    ingestion_id = ids.new("ing")

    named = new.source.stored(wanted, offered[new.source.provider].integrations)

    async def make(session: Session) -> None:
        await _check_customer(session, tenant_id, new.customer_id)
        await _insert(deps, session, tenant_id, ingestion_id, new, wanted, named)

    return await idempotency.once(deps, request, ingestion_id, make)


async def queue(deps: Dependencies, session: Session, row: Any) -> None:
    """Queues the ingestion of an approved verification that Gatehouse started. No request is needed."""
    wanted = tuple(KycProcess(name) for name in row.processes)
    provider = ProviderName(row.provider)
    if row.integration is None:
        named = Source(provider, SourceKind.APPLICANT_ID, row.reference)
    else:
        named = Source(provider, SourceKind.SESSIONS, sessions=(Reference(row.reference, row.integration, wanted),))
    new = NewIngestion(row.customer_id, named, wanted)
    stored = named.stored(wanted, {row.integration: wanted} if row.integration else {})
    await _insert(deps, session, row.tenant_id, ids.new("ing"), new, wanted, stored)


async def _insert(
    deps: Dependencies,
    session: Session,
    tenant_id: str,
    ingestion_id: str,
    new: NewIngestion,
    wanted: tuple[KycProcess, ...],
    named: bytes,
) -> None:
    cipher = (await data_key.ciphers(session, deps.vault, tenant_id, [new.customer_id]))[new.customer_id]
    at = deps.clock.now()
    await session.execute(
        insert(Ingestion).values(
            id=ingestion_id,
            tenant_id=tenant_id,
            customer_id=new.customer_id,
            provider=new.source.provider,
            status=IngestionStatus.QUEUED,
            processes=list(wanted),
            source_kind=new.source.kind,
            source=cipher.seal(named, SOURCE),
            source_fingerprint=deps.vault.digest("source", named),
            attempts=0,
            claims=0,
            fence=0,
            due_at=now(),
            wake_at=now(WAKE_AGAIN_SECONDS),
            created_at=at,
        )
    )
    await session.execute(insert(ProcessResult), _open_results(tenant_id, ingestion_id, wanted, at))
    data = {"ingestionId": ingestion_id, "status": IngestionStatus.QUEUED}
    session.record(NewEvent(EventType.INGESTION_CREATED, tenant_id, new.customer_id, ingestion_id, data))
    session.wake(RUN_INGESTION, ingestion_id)


def _open_results(tenant_id: str, ingestion_id: str, wanted: Sequence[KycProcess], at: dt.datetime) -> list[dict[str, Any]]:
    return [
        {
            "ingestion_id": ingestion_id,
            "process": process,
            "tenant_id": tenant_id,
            "position": position,
            "status": ResultStatus.PROCESSING,
            "updated_at": at,
        }
        for position, process in enumerate(wanted)
    ]


async def _check_customer(session: Session, tenant_id: str, customer_id: str) -> None:
    found = await session.execute(
        select(Customer.deactivated_at).where(Customer.id == customer_id, Customer.tenant_id == tenant_id)
    )
    row = found.first()
    if row is None:
        raise _unknown_customer()
    if row.deactivated_at is not None:
        raise UserFault("CUSTOMER_DEACTIVATED", "The customer is deactivated.", ["input", "customerId"])


def matching(tenant_id: str, wanted: IngestionFilter) -> Select[Any]:
    """Returns the query for the public columns of the ingestions of a tenant that match."""
    query: Select[Any] = select(*PUBLIC).where(Ingestion.tenant_id == tenant_id)
    if wanted.customer_id is not None:
        query = query.where(Ingestion.customer_id == wanted.customer_id)
    if wanted.status is not None:
        query = query.where(Ingestion.status.in_(list(wanted.status)))
    if wanted.provider is not None:
        query = query.where(Ingestion.provider == wanted.provider)
    return query


async def by_ids(connection: AsyncConnection, tenant_id: str, ingestion_ids: Collection[str]) -> Sequence[Any]:
    query = matching(tenant_id, IngestionFilter()).where(Ingestion.id.in_(list(ingestion_ids)))
    rows: Sequence[Any] = (await connection.execute(query)).all()
    return rows


async def results(connection: AsyncConnection, tenant_id: str, ingestion_ids: Collection[str]) -> Sequence[Any]:
    """Returns the process results of ingestions in the order requested, without the columns that `details` reads."""
    query = (
        select(*RESULT_COLUMNS)
        .where(ProcessResult.tenant_id == tenant_id, ProcessResult.ingestion_id.in_(list(ingestion_ids)))
        .order_by(ProcessResult.ingestion_id, ProcessResult.position)
    )
    return (await connection.execute(query)).all()


async def details(connection: AsyncConnection, tenant_id: str, ingestion_ids: Collection[str]) -> Sequence[Any]:
    """Returns the large columns that are rarely read: sealed data and provenance of results, with their customer."""
    query = (
        select(
            ProcessResult.ingestion_id,
            ProcessResult.process,
            ProcessResult.data,
            ProcessResult.provenance,
            Ingestion.customer_id,
        )
        .join(Ingestion, Ingestion.id == ProcessResult.ingestion_id)
        .where(ProcessResult.tenant_id == tenant_id, ProcessResult.ingestion_id.in_(list(ingestion_ids)))
    )
    return (await connection.execute(query)).all()


async def files(connection: AsyncConnection, tenant_id: str, ingestion_ids: Collection[str]) -> Sequence[Any]:
    query = (
        select(File.__table__, Ingestion.provider)
        .join(Ingestion, Ingestion.id == File.ingestion_id)
        .where(File.tenant_id == tenant_id, File.ingestion_id.in_(list(ingestion_ids)))
        .order_by(File.ingestion_id, File.process, File.position)
    )
    return (await connection.execute(query)).all()


async def files_by_ids(connection: AsyncConnection, tenant_id: str, file_ids: Collection[str]) -> Sequence[Any]:
    """Returns files by id. Files that customers uploaded have no provider."""
    query = (
        select(File.__table__, Ingestion.provider)
        .join(Ingestion, Ingestion.id == File.ingestion_id, isouter=True)
        .where(File.tenant_id == tenant_id, File.id.in_(list(file_ids)))
    )
    return (await connection.execute(query)).all()


async def present(session: Session, ingestion_id: str) -> Any | None:
    """Returns the whole row, locked for this transaction, or None. (On SQLite the transaction holds the only write lock.)"""
    query = select(Ingestion.__table__).where(Ingestion.id == ingestion_id).with_for_update(key_share=True)
    return (await session.execute(query)).first()


async def page(connection: AsyncConnection, tenant_id: str, wanted: IngestionFilter, keyset: Keyset) -> Sequence[Any]:
    """Returns one page of the rows that match, newest first."""
    return await newest_first(connection, matching(tenant_id, wanted), Ingestion.id, keyset)
