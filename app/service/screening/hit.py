"""Hits: stored from screener reports and reviewed by people. A verdict holds while its hit is unchanged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.event import EventType, NewEvent
from app.domain.hit import HitVerdict, stays_judged
from app.domain.screening import Hit, Report, ScreenerName
from app.model.hit import AmlHit
from app.service.dependencies import Dependencies
from app.service.trust.vault import DataKeyCipher
from app.store.db import Session

DETAILS, COMMENT = "aml_hit.details", "aml_hit.comment"
LIST_LIMIT, ENTRY_LIMIT = 100, 300
# The most hits of one customer that one query reads.
SHOWN = 200


async def take_in(
    deps: Dependencies, session: Session, owner: Any, screener: ScreenerName, report: Report, cipher: DataKeyCipher
) -> list[str]:
    """Replaces one screener's hits with those of its latest report. Returns the ids of hits that need a verdict.

    Withdraws hits that the report no longer contains. `owner` is the customer's locked row.
    """
    known = {(row.list, row.entry): row for row in await _of_screener(session, owner.id, screener)}
    found = {(hit.list[:LIST_LIMIT], hit.key[:ENTRY_LIMIT]): hit for hit in report.hits}
    fresh = []
    for place, hit in found.items():
        row = known.get(place)
        if row is None:
            fresh.append(await _insert(deps, session, owner, screener, place, hit, cipher))
        elif await _renew(deps, session, row, hit, cipher):
            fresh.append(row.id)
    gone = [row.id for place, row in known.items() if place not in found and row.withdrawn_at is None]
    if gone:
        await session.execute(update(AmlHit).where(AmlHit.id.in_(gone)).values(withdrawn_at=deps.clock.now()))
    for hit_id in fresh:
        _tell(session, owner, EventType.AML_HIT_FOUND, hit_id)
    for hit_id in gone:
        _tell(session, owner, EventType.AML_HIT_WITHDRAWN, hit_id)
    return fresh


def _tell(session: Session, owner: Any, kind: EventType, hit_id: str) -> None:
    data = {"customerId": owner.id, "hitId": hit_id}
    session.record(NewEvent(kind, owner.tenant_id, customer_id=owner.id, data=data))


async def _of_screener(session: Session, customer_id: str, screener: ScreenerName) -> Sequence[Any]:
    found = await session.execute(select(AmlHit.__table__).where(AmlHit.customer_id == customer_id, AmlHit.screener == screener))
    return found.all()


def _details(hit: Hit, cipher: DataKeyCipher) -> bytes:
    return cipher.seal_json({"name": hit.name, "details": dict(hit.details)}, DETAILS)


async def _insert(
    deps: Dependencies,
    session: Session,
    owner: Any,
    screener: ScreenerName,
    place: tuple[str, str],
    hit: Hit,
    cipher: DataKeyCipher,
) -> str:
    hit_id = ids.new("hit")
    await session.execute(
        insert(AmlHit).values(
            id=hit_id,
            tenant_id=owner.tenant_id,
            customer_id=owner.id,
            screener=screener,
            list=place[0],
            entry=place[1],
            entry_digest=hit.digest,
            topics=list(hit.topics),
            score=hit.score,
            details=_details(hit, cipher),
            verdict=HitVerdict.UNREVIEWED,
            found_at=deps.clock.now(),
        )
    )
    return hit_id


async def _renew(deps: Dependencies, session: Session, row: Any, hit: Hit, cipher: DataKeyCipher) -> bool:
    """Updates a stored hit and resets its verdict if the verdict no longer applies.

    Returns True if the hit needs a new verdict: it was judged or withdrawn before, and its verdict no longer applies.
    """
    holds = stays_judged(row, hit)
    same = row.withdrawn_at is None and row.entry_digest == hit.digest and row.score == hit.score
    if same and (holds or row.verdict == HitVerdict.UNREVIEWED):
        return False
    values: dict[str, Any] = {
        "entry_digest": hit.digest,
        "topics": list(hit.topics),
        "score": hit.score,
        "details": _details(hit, cipher),
        "withdrawn_at": None,
    }
    if not holds:
        values |= {"verdict": HitVerdict.UNREVIEWED, "judged_score": None, "judged_by": None, "credential_id": None}
        values |= {"comment": None, "judged_at": None, "found_at": deps.clock.now()}
    await session.execute(update(AmlHit).where(AmlHit.id == row.id).values(**values))
    news = row.verdict != HitVerdict.UNREVIEWED or row.withdrawn_at is not None
    return not holds and news


async def standing(session: Session, customer_id: str) -> tuple[int, int]:
    """Returns the number of a customer's current hits, and the number of those without a verdict."""
    query = select(AmlHit.verdict).where(AmlHit.customer_id == customer_id, AmlHit.withdrawn_at.is_(None))
    verdicts = [row.verdict for row in await session.execute(query)]
    return len(verdicts), verdicts.count(HitVerdict.UNREVIEWED)


async def of_customers(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    """Returns the current hits of customers: those without a verdict first, then by descending score."""
    query = select(AmlHit.__table__).where(
        AmlHit.tenant_id == tenant_id, AmlHit.customer_id.in_(list(customer_ids)), AmlHit.withdrawn_at.is_(None)
    )
    order = (AmlHit.verdict != HitVerdict.UNREVIEWED, AmlHit.score.desc().nulls_last(), AmlHit.id)
    found: Sequence[Any] = (await connection.execute(query.order_by(*order).limit(SHOWN * len(customer_ids)))).all()
    return found


async def by_ids(connection: AsyncConnection, tenant_id: str, hit_ids: Collection[str]) -> Sequence[Any]:
    query = select(AmlHit.__table__).where(AmlHit.tenant_id == tenant_id, AmlHit.id.in_(list(hit_ids)))
    found: Sequence[Any] = (await connection.execute(query)).all()
    return found
