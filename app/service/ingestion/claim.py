"""Claim and release of ingestions."""

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
    """Claims the ingestion. Returns the row as it was before the claim, or None if it is finished, not due or already claimed.

    The claim sets the fence to the row's `fence` + 1. In the same transaction a queued ingestion moves to RUNNING and the
    intent to redeem its token is stored. `intent_at` of the returned row is None only for the first claim, which may redeem
    without searching for an earlier result.
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
    """Releases the row and makes it due again after `after` seconds. Resets the count of claims without progress unless
    `claims` is given. Raises StaleFence."""
    await ingestion_model.write(
        session, row.id, fence=fence, lease_until=None, due_at=now(after), wake_at=now(after), claims=claims, **values
    )
