"""An ingestion is claimed, and given back."""

from __future__ import annotations

from typing import Any

from app.domain.ingestion import IngestionStatus, SourceKind
from app.model import ingestion as ingestion_model
from app.model.ingestion import Ingestion
from app.service.dependencies import Dependencies
from app.service.ingestion import ingestion
from app.service.work import lease
from app.store.db import Session, now, transaction


async def claim(deps: Dependencies, ingestion_id: str, *, lease_seconds: float) -> Any | None:
    """Takes the row over, and answers it as it was before (with the new fence), or None where there is nothing to do.

    In the same transaction a queued ingestion starts to run, and the intention to redeem its token is written:
    `intent_at` of the answered row is None only for the one who may redeem without looking first.
    """
    async with transaction(deps.database) as session:
        row = await ingestion.present(session, ingestion_id)
        if row is None or row.status == IngestionStatus.FINISHED:
            return None
        values: dict[str, Any] = {
            "lease_until": now(lease_seconds),
            "attempts": row.attempts + 1,
            "claims": row.claims + 1,
        }
        if row.source_kind == SourceKind.SHARE_TOKEN and row.intent_at is None:
            values["intent_at"] = now()
        if not await lease.take(session, Ingestion, row, **values):
            return None
        if row.status == IngestionStatus.QUEUED:
            await ingestion_model.move(
                session,
                row,
                old=IngestionStatus.QUEUED,
                to=IngestionStatus.RUNNING,
                fence=row.fence + 1,
                started_at=deps.clock.now(),
            )
        return row


async def release(session: Session, row: Any, *, fence: int, after: float, claims: int = 0, **values: Any) -> None:
    """Gives the row back, to be taken up again after so many seconds. Giving back on purpose is progress, unless
    `claims` says how often it was claimed in vain."""
    await ingestion_model.write(
        session, row.id, fence=fence, lease_until=None, due_at=now(after), wake_at=now(after), claims=claims, **values
    )
