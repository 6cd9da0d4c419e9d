"""Replay: interprets stored raw data again, for inbound events, ingestion results and verification states.

Every difference is reported, and with `dry_run` nothing is changed. Stored data is never fetched again, but a replayed event
requests a refresh of its verification, as it did on arrival.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select, update

from app.domain.inbound import InboundStatus
from app.domain.process import KycProcess, ResultStatus
from app.domain.process.outcome import Outcome
from app.domain.provider import Provider, ProviderName, Snapshot, VerificationSnapshot
from app.domain.reference import Reference
from app.domain.replay import Difference, Replay, Replayed, Wanted
from app.errors import CorruptData, NotReady, ProcessFault, UserFault
from app.model import inbound as inbound_model
from app.model import result as result_model
from app.model.inbound import InboundEvent
from app.model.ingestion import Ingestion
from app.model.payload import Payload
from app.model.result import ProcessResult
from app.model.verification import Verification
from app.service.dependencies import Dependencies
from app.service.ingestion import outcome, payload, record
from app.service.trust import data_key
from app.service.trust.vault import DataKeyCipher
from app.service.verification import inbound, verification
from app.store.db import Session, transaction

BATCH = 100


async def replay(
    deps: Dependencies, providers: Mapping[ProviderName, Provider], tenant_id: str, wanted: Wanted, *, dry_run: bool
) -> Replay:
    """Returns the differences between stored and recomputed values. Unless `dry_run`, applies them, one transaction per subject.

    Raises UserFault if `since` is later than `until`.
    """
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise UserFault("EMPTY_RANGE", "`since` lies after `until`.", ["filter", "since"])
    examined, found = 0, []
    for kind, handler in ((Replayed.EVENT, _events), (Replayed.RESULT, _results), (Replayed.VERIFICATION, _verifications)):
        if kind in wanted.kinds:
            many, differences = await handler(deps, providers, tenant_id, wanted, dry_run)
            examined += many
            found += differences
    return Replay(examined, found)


async def _events(
    deps: Dependencies, providers: Mapping[ProviderName, Provider], tenant_id: str, wanted: Wanted, dry_run: bool
) -> tuple[int, list[Difference]]:
    query = inbound.columns(tenant_id).order_by(InboundEvent.id.desc()).limit(BATCH)
    for condition in _event_conditions(wanted):
        query = query.where(condition)
    async with deps.database.reading() as connection:
        rows = (await connection.execute(query)).all()
        owners = [row.customer_id for row in rows if row.customer_id]
        ciphers = await data_key.ciphers(connection, deps.vault, tenant_id, owners)
    differences = []
    for row in rows:
        provider = providers.get(ProviderName(row.provider))
        if provider is not None:
            differences += await _event(deps, provider, row, ciphers.get(row.customer_id or ""), dry_run)
    return len(rows), differences


def _event_conditions(wanted: Wanted) -> list[Any]:
    among = ((InboundEvent.type, wanted.types), (InboundEvent.id, wanted.event_ids))
    named = [column.in_(sorted(values)) for column, values in among if values is not None]
    return [*named, *_conditions(wanted, InboundEvent, InboundEvent.received_at)]


def _conditions(wanted: Wanted, table: Any, at: Any) -> list[Any]:
    equal = ((table.provider, wanted.provider), (table.customer_id, wanted.customer_id))
    conditions = [column == value for column, value in equal if value is not None]
    if wanted.since is not None:
        conditions.append(at >= wanted.since)
    if wanted.until is not None:
        conditions.append(at <= wanted.until)
    return conditions


async def _event(deps: Dependencies, provider: Provider, row: Any, cipher: DataKeyCipher | None, dry_run: bool) -> list[Difference]:
    """Returns the differences between the stored fields of an event and those read from its raw body now.

    Unless `dry_run`, stores the new fields and requests a refresh of the event's verification.
    """
    try:
        body = cipher.open(row.body, inbound.BODY) if cipher else deps.vault.open(row.body, inbound.BODY)
    except CorruptData:
        return []
    notice = provider.notice(body)
    read = {"type": notice.type, "subject": notice.subject, "externalId": notice.external_id}
    known = {"type": row.type, "subject": row.subject, "externalId": row.external_id}
    differences = [
        Difference(Replayed.EVENT, row.id, field, known[field], read[field], not dry_run)
        for field in read
        if read[field] != known[field]
    ]
    if not dry_run:
        async with transaction(deps.database) as session:
            statement = update(InboundEvent).where(InboundEvent.id == row.id)
            values = {"type": notice.type, "subject": notice.subject, "external_id": notice.external_id}
            await session.execute(statement.values(**values))
            if row.verification_id is not None:
                await inbound_model.move(session, statement, old=InboundStatus.HANDLED, to=InboundStatus.WAITING, handled_at=None)
                await inbound.wake(session, [row.verification_id], thorough=True)
    return differences


async def _results(
    deps: Dependencies, providers: Mapping[ProviderName, Provider], tenant_id: str, wanted: Wanted, dry_run: bool
) -> tuple[int, list[Difference]]:
    query = select(Ingestion.__table__).where(Ingestion.tenant_id == tenant_id, Ingestion.finished_at.is_not(None))
    for condition in _conditions(wanted, Ingestion, Ingestion.created_at):
        query = query.where(condition)
    async with deps.database.reading() as connection:
        rows = (await connection.execute(query.order_by(Ingestion.id.desc()).limit(BATCH))).all()
        ciphers = await data_key.ciphers(connection, deps.vault, tenant_id, [row.customer_id for row in rows])
        stored = await _payloads(connection, Payload.ingestion_id, [row.id for row in rows])
        results = await _by_ingestion(connection, [row.id for row in rows])
    differences = []
    for row in rows:
        provider, cipher = providers.get(ProviderName(row.provider)), ciphers.get(row.customer_id)
        if provider is not None and cipher is not None and row.id in stored:
            snapshot = _snapshot(row, stored[row.id], cipher)
            for result in results.get(row.id, ()):
                differences += await _result(deps, provider, row, result, snapshot, cipher, dry_run)
    return len(rows), differences


async def _payloads(connection: Any, column: Any, owners: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in await connection.execute(select(Payload.__table__).where(column.in_(list(owners)))):
        found.setdefault(row.ingestion_id or row.verification_id, []).append(row)
    return found


async def _by_ingestion(connection: Any, owners: Sequence[str]) -> dict[str, list[Any]]:
    query = select(ProcessResult.__table__).where(ProcessResult.ingestion_id.in_(list(owners))).order_by(ProcessResult.position)
    found: dict[str, list[Any]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.ingestion_id, []).append(row)
    return found


def _snapshot(owner: Any, payloads: Sequence[Any], cipher: DataKeyCipher) -> Snapshot:
    """Returns the stored payloads as a snapshot, with the references that were fetched then."""
    opened = {row.kind: cipher.open(row.body, payload.BODY) for row in payloads}
    named = orjson.loads(opened.pop(payload.REFERENCES, b"[]"))
    references = tuple(Reference.of(plain) for plain in named) or (Reference(owner.reference, owner.integration),)
    return Snapshot(references, opened, payloads[0].fetched_at)


async def _result(
    deps: Dependencies, provider: Provider, row: Any, result: Any, snapshot: Snapshot, cipher: DataKeyCipher, dry_run: bool
) -> list[Difference]:
    """Returns the differences of one recomputed process result. Unless `dry_run`, stores them.

    Does not store a result whose files were never fetched, and does not turn a completed result into a failed one.
    """
    process = KycProcess(result.process)
    try:
        found: Outcome | ProcessFault = provider.extract(process, snapshot)
    except ProcessFault as fault:
        found = fault
    except NotReady:
        return []
    before = _told(result, cipher)
    after = _computed(found, row, snapshot)
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return []
    complete = result.status == ResultStatus.COMPLETED
    lacks_files, refused = isinstance(found, Outcome) and found.media and not complete, isinstance(found, ProcessFault) and complete
    reason = (
        "Its files were never fetched: create a new ingestion." if lacks_files
        else "It was completed from data that no longer suffice; it stays as it is." if refused
        else None
    )  # fmt: skip
    applied = not dry_run and reason is None
    if applied:
        async with transaction(deps.database) as session:
            await _apply_result(deps, session, row, result, found, snapshot, cipher)
    subject = f"{row.id}/{process}"
    return [Difference(Replayed.RESULT, subject, name, before.get(name), after[name], applied, reason) for name in changed]


def _told(result: Any, cipher: DataKeyCipher) -> dict[str, Any]:
    data = cipher.open_json(result.data, result_model.SEALED_DATA) if result.data else None
    codes = sorted(warning["code"] for warning in result.warnings or ())
    return {"status": result.status, "errorCode": (result.error or {}).get("code"), "data": data, "warnings": codes}


def _computed(found: Outcome | ProcessFault, row: Any, snapshot: Snapshot) -> dict[str, Any]:
    if isinstance(found, ProcessFault):
        return {"status": ResultStatus.FAILED, "errorCode": found.code, "data": None, "warnings": []}
    values = outcome.values(found, ProviderName(row.provider), snapshot.fetched_at)
    codes = sorted(warning["code"] for warning in values["warnings"])
    return {"status": ResultStatus.COMPLETED, "errorCode": None, "data": values["data"], "warnings": codes}


async def _apply_result(
    deps: Dependencies,
    session: Session,
    row: Any,
    result: Any,
    found: Outcome | ProcessFault,
    snapshot: Snapshot,
    cipher: DataKeyCipher,
) -> None:
    at, old = deps.clock.now(), ResultStatus(result.status)
    if isinstance(found, ProcessFault):
        error = outcome.error(found)
        await result_model.rewrite(session, row, process=result.process, old=old, to=ResultStatus.FAILED, at=at, error=error)
        return
    values = outcome.values(found, ProviderName(row.provider), snapshot.fetched_at)
    values |= {"data": cipher.seal_json(values["data"], result_model.SEALED_DATA), "error": None}
    await result_model.rewrite(session, row, process=result.process, old=old, to=ResultStatus.COMPLETED, at=at, **values)
    await record.verify_customer(deps, session, row)


async def _verifications(
    deps: Dependencies, providers: Mapping[ProviderName, Provider], tenant_id: str, wanted: Wanted, dry_run: bool
) -> tuple[int, list[Difference]]:
    query = verification.columns(tenant_id).order_by(Verification.id.desc()).limit(BATCH)
    for condition in _conditions(wanted, Verification, Verification.updated_at):
        query = query.where(condition)
    async with deps.database.reading() as connection:
        rows = (await connection.execute(query)).all()
        ciphers = await data_key.ciphers(connection, deps.vault, tenant_id, [row.customer_id for row in rows])
        stored = await _payloads(connection, Payload.verification_id, [row.id for row in rows])
    differences = []
    for row in rows:
        provider, cipher = providers.get(ProviderName(row.provider)), ciphers.get(row.customer_id)
        if provider is not None and cipher is not None and row.id in stored:
            differences += await _verification(deps, provider, row, stored[row.id], cipher, dry_run)
    return len(rows), differences


async def _verification(
    deps: Dependencies, provider: Provider, row: Any, payloads: Sequence[Any], cipher: DataKeyCipher, dry_run: bool
) -> list[Difference]:
    """Returns the differences between a verification's stored state and its last snapshot as interpreted now.

    Unless `dry_run`, applies them. Values that were unknown at the time of the snapshot may be known now.
    """
    reference = Reference(row.reference, row.integration)
    snapshot = _snapshot(row, payloads, cipher)
    state = provider.state(snapshot, reference)
    now_read = {
        "stage": state.stage or row.stage,
        "reviewAnswer": state.answer if state.stage else row.review_answer,
        "rejectType": state.reject_type if state.stage else row.reject_type,
    }
    known = {"stage": row.stage, "reviewAnswer": row.review_answer, "rejectType": row.reject_type}
    changed = [name for name in now_read if now_read[name] != known[name]]
    if changed and not dry_run:
        async with transaction(deps.database) as session:
            fresh = select(Verification.__table__).where(Verification.id == row.id).with_for_update(key_share=True)
            present = (await session.execute(fresh)).one()
            await verification.apply(deps, session, present, VerificationSnapshot(reference, state, snapshot), cipher, again=True)
    return [Difference(Replayed.VERIFICATION, row.id, name, known[name], now_read[name], not dry_run) for name in changed]
