"""The result of one KYC process of an ingestion. `data` is encrypted under the customer's key."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.event import EventType, NewEvent
from app.domain.process import RECOMPUTED, TRANSITIONS, ResultStatus
from app.store.db import Json, Session, UtcDateTime

# The context that `data` is sealed under, in addition to the customer's key.
SEALED_DATA = "process_result.data"


class ProcessResult(SQLModel, table=True):
    __tablename__ = "process_result"
    ingestion_id: str = Field(primary_key=True, max_length=40, foreign_key="ingestion.id")
    process: str = Field(primary_key=True, max_length=30)
    tenant_id: str = Field(max_length=40)
    position: int
    status: str = Field(max_length=20)
    data: bytes | None = None
    error: Any = Field(default=None, sa_type=Json, nullable=True)
    warnings: Any = Field(default=None, sa_type=Json, nullable=True)
    provenance: Any = Field(default=None, sa_type=Json, nullable=True)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


async def move(session: Session, ingestion: Any, *, process: str, to: ResultStatus, at: dt.datetime, **values: Any) -> bool:
    """Moves a result out of PROCESSING and records the event. Returns False if the result had already left PROCESSING."""
    machine.check(TRANSITIONS, ResultStatus.PROCESSING, to)
    written = await session.execute(
        update(ProcessResult)
        .where(
            ProcessResult.ingestion_id == ingestion.id,
            ProcessResult.process == process,
            ProcessResult.status == ResultStatus.PROCESSING,
        )
        .values(status=to, updated_at=at, **values)
    )
    if written.rowcount != 1:
        return False
    _tell(session, ingestion, process, to, values.get("error"))
    return True


async def rewrite(
    session: Session, ingestion: Any, *, process: str, old: ResultStatus, to: ResultStatus, at: dt.datetime, **values: Any
) -> None:
    """Stores a recomputed result and records the event. Changes nothing if the status is not `old`."""
    machine.check(RECOMPUTED, old, to)
    written = await session.execute(
        update(ProcessResult)
        .where(ProcessResult.ingestion_id == ingestion.id, ProcessResult.process == process, ProcessResult.status == old)
        .values(status=to, updated_at=at, **values)
    )
    if written.rowcount == 1:
        _tell(session, ingestion, process, to, values.get("error"))


def _tell(session: Session, ingestion: Any, process: str, to: ResultStatus, error: Any) -> None:
    data = {
        "ingestionId": ingestion.id,
        "process": process,
        "status": to,
        "errorCode": error["code"] if error else None,
    }
    session.record(
        NewEvent(
            EventType.INGESTION_RESULT_CHANGED,
            ingestion.tenant_id,
            ingestion.customer_id,
            ingestion_id=ingestion.id,
            data=data,
        )
    )
