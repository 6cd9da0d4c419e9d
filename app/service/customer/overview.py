"""The overview of a customer's processes: results and declared data, read for many customers at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.customer import KycStatus
from app.domain.kyc import KycData
from app.domain.overview import Facts, FingerprintKind, Line, Result, overview
from app.domain.process import KycProcess, ResultStatus
from app.model import result as result_model
from app.model.ingestion import Ingestion
from app.model.result import ProcessResult
from app.service.customer import declaration
from app.service.dependencies import Dependencies
from app.service.trust.vault import DataKeyCipher
from app.store.db import Session


async def newest_results(connection: AsyncConnection | Session, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    """Returns the newest result of each process of each customer."""
    # Ids sort by time, so a customer's newest ingestion of a process is the one with the greatest id.
    newest = (
        select(func.max(Ingestion.id).label("id"), ProcessResult.process.label("process"))
        .join(ProcessResult, ProcessResult.ingestion_id == Ingestion.id)
        .where(Ingestion.tenant_id == tenant_id, Ingestion.customer_id.in_(list(customer_ids)))
        .group_by(Ingestion.customer_id, ProcessResult.process)
        .subquery()
    )
    query = (
        select(ProcessResult.__table__, Ingestion.customer_id)
        .join(Ingestion, Ingestion.id == ProcessResult.ingestion_id)
        .join(newest, and_(newest.c.id == ProcessResult.ingestion_id, newest.c.process == ProcessResult.process))
    )
    return (await connection.execute(query)).all()


def lines(
    deps: Dependencies, row: Any, cipher: DataKeyCipher | None, results: Sequence[Any], same: Collection[FingerprintKind]
) -> list[Line]:
    """Returns the overview of one customer from its row, newest results and shared fingerprints."""
    known = {KycProcess(result.process): _result(result, cipher) for result in results if cipher is not None}
    given = declaration.of(row, cipher) if cipher is not None else KycData()
    return overview(Facts(KycStatus(row.kyc_status), given, deps.clock.now().date(), known, same))


def _result(row: Any, cipher: DataKeyCipher) -> Result:
    data = cipher.open_json(row.data, result_model.SEALED_DATA) if row.data is not None else {}
    return Result(ResultStatus(row.status), data, row.error, row.updated_at)
