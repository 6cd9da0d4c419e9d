"""Decisions of compliance staff: a verdict on each hit, then the decision on the customer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.aml import OPEN
from app.domain.customer import AmlDecision, AmlStatus
from app.domain.event import EventType, NewEvent
from app.domain.hit import DecisionStatus, HitVerdict
from app.errors import UserFault
from app.model import aml_decision as decision_model
from app.model import customer as customer_model
from app.model.aml_decision import AmlDecisionRow
from app.model.hit import AmlHit
from app.service.dependencies import Dependencies
from app.service.screening import hit, screening
from app.service.trust import data_key, validation
from app.service.trust.actor import Actor
from app.service.work import idempotency
from app.store.db import Session

COMMENT = "aml_decision.comment"
COMMENT_LIMIT = 2_000


@dataclass(frozen=True)
class Judgement:
    by: Actor
    hit_id: str
    verdict: HitVerdict
    comment: str = field(repr=False)
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Resolution:
    by: Actor
    customer_id: str
    decision: AmlDecision
    comment: str = field(repr=False)
    idempotency_key: str | None = None


async def judge(deps: Dependencies, given: Judgement) -> None:
    """Stores a verdict on a hit. It can be changed until a decision on the customer is final. Raises UserFault."""
    faults = []
    if given.verdict is HitVerdict.UNREVIEWED:
        hint = "Use FALSE_POSITIVE or TRUE_POSITIVE."
        faults.append(UserFault("INVALID_VALUE", "A hit cannot be judged UNREVIEWED.", ["input", "verdict"], hint))
    await _once(deps, given, "reviewAmlHit", given.hit_id, given.verdict, faults, _judge)


async def resolve(deps: Dependencies, given: Resolution) -> None:
    """Stores the decision on a customer, as a proposal if a second person must confirm it. Raises UserFault."""
    await _once(deps, given, "resolveAml", given.customer_id, given.decision, [], _resolve)


Given = TypeVar("Given", Judgement, Resolution)


async def _once(
    deps: Dependencies,
    given: Given,
    operation: str,
    subject_id: str,
    wanted: str,
    faults: list[UserFault],
    do: Callable[[Dependencies, Session, Given], Awaitable[None]],
) -> None:
    """Runs the operation once per idempotency key. Raises all faults of the input together."""
    faults += validation.text(given.comment, ["input", "comment"], limit=COMMENT_LIMIT)
    validation.refuse([*faults, *validation.idempotency_key(given.idempotency_key)])
    value = idempotency.canonical(operation, {"subject": subject_id, "wanted": wanted, "comment": given.comment})
    request = idempotency.Request(given.by.tenant_id, operation, given.idempotency_key, value)
    await idempotency.once(deps, request, subject_id, lambda session: do(deps, session, given))


async def _judge(deps: Dependencies, session: Session, given: Judgement) -> None:
    # Locks the customer first, as everywhere, so that its hits cannot change.
    owner = (
        await session.execute(select(AmlHit.customer_id).where(AmlHit.id == given.hit_id, AmlHit.tenant_id == given.by.tenant_id))
    ).first()
    if owner is None:
        raise UserFault("NOT_FOUND", "There is no such hit.", ["input", "hitId"], "Read Customer.aml.hits.")
    person = await customer_model.locked(session, owner.customer_id)
    row = (await session.execute(select(AmlHit.__table__).where(AmlHit.id == given.hit_id))).one()
    if row.withdrawn_at is not None:
        hint = "Read Customer.aml.hits for what is found now."
        raise UserFault("HIT_WITHDRAWN", "The screener no longer finds this hit.", ["input", "hitId"], hint)
    if person.aml_status != AmlStatus.NEEDS_REVIEW:
        message = f"Hits are judged while aml.status is NEEDS_REVIEW; it is {person.aml_status}."
        raise UserFault("WRONG_STATE", message, ["input", "hitId"], "A decision on record is not changed by its hits.")
    ciphers = await data_key.ciphers(session, deps.vault, row.tenant_id, [row.customer_id])
    await session.execute(
        update(AmlHit)
        .where(AmlHit.id == row.id)
        .values(
            verdict=given.verdict,
            judged_score=row.score,
            judged_by=given.by.name,
            credential_id=given.by.credential_id,
            comment=ciphers[row.customer_id].seal(given.comment.strip().encode(), hit.COMMENT),
            judged_at=deps.clock.now(),
        )
    )
    data = {"customerId": row.customer_id, "hitId": row.id, "oldVerdict": row.verdict, "newVerdict": given.verdict}
    session.record(NewEvent(EventType.AML_HIT_REVIEWED, row.tenant_id, customer_id=row.customer_id, data=data))


async def _resolve(deps: Dependencies, session: Session, given: Resolution) -> None:
    row = await customer_model.find_locked(session, given.by.tenant_id, given.customer_id)
    if row is None:
        raise UserFault("NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Check the id.")
    await _check_resolvable(deps, session, row, given.decision)
    waiting = await decision_model.proposed(session, row.id)
    if deps.screening.needs_second_person:
        if waiting is None or waiting.decision != given.decision:
            await _propose(deps, session, row, given)
            return
        if given.by.is_also(waiting.decided_by, waiting.credential_id):
            hint = "Another person with the compliance role must resolve with the same decision."
            raise UserFault("SECOND_PERSON_REQUIRED", "Whoever decided cannot confirm it.", ["input", "decision"], hint)
        final_at = deps.clock.now()
        await decision_model.move(session, waiting, to=DecisionStatus.FINAL, confirmed_by=given.by.name, final_at=final_at)
    else:
        await decision_model.replace_proposed(session, row.id)
        await _record(deps, session, row, given, DecisionStatus.FINAL)
    await customer_model.resolve_aml(session, row, decision=given.decision, at=deps.clock.now())


async def _check_resolvable(deps: Dependencies, session: Session, row: Any, decision: AmlDecision) -> None:
    place = ["input", "customerId"]
    if row.aml_status != AmlStatus.NEEDS_REVIEW:
        message = f"aml.status is {row.aml_status}, not NEEDS_REVIEW."
        raise UserFault("WRONG_STATE", message, place, "Read the customer again: somebody else may have decided.")
    _, unjudged = await hit.standing(session, row.id)
    if unjudged:
        message = f"{unjudged} hits are not judged."
        raise UserFault("HITS_UNREVIEWED", message, place, "Judge each with reviewAmlHit first.")
    if decision is AmlDecision.CLEARED:
        open_ = [name for name, found in (await screening.present(deps, session, row, every=True)).items() if found in OPEN]
        if open_:
            message = f"The screening has not run in full: {', '.join(open_)} has not answered."
            hint = "Wait for it, and check the workers' log; rejecting is possible at any time."
            raise UserFault("SCREENING_INCOMPLETE", message, place, hint)


async def _propose(deps: Dependencies, session: Session, row: Any, given: Resolution) -> None:
    await decision_model.replace_proposed(session, row.id)
    await _record(deps, session, row, given, DecisionStatus.PROPOSED)
    data = {"customerId": row.id, "decision": given.decision}
    session.record(NewEvent(EventType.AML_DECISION_PROPOSED, row.tenant_id, customer_id=row.id, data=data))


async def _record(deps: Dependencies, session: Session, row: Any, given: Resolution, status: DecisionStatus) -> None:
    ciphers = await data_key.ciphers(session, deps.vault, row.tenant_id, [row.id])
    await session.execute(
        insert(AmlDecisionRow).values(
            id=ids.new("dec"),
            tenant_id=row.tenant_id,
            customer_id=row.id,
            decision=given.decision,
            status=status,
            comment=ciphers[row.id].seal(given.comment.strip().encode(), COMMENT),
            decided_by=given.by.name,
            credential_id=given.by.credential_id,
            created_at=deps.clock.now(),
            final_at=deps.clock.now() if status is DecisionStatus.FINAL else None,
        )
    )


async def decisions(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    """Returns the decisions on customers that are final or wait for a second person, newest first."""
    query = select(AmlDecisionRow.__table__).where(
        AmlDecisionRow.tenant_id == tenant_id,
        AmlDecisionRow.customer_id.in_(list(customer_ids)),
        AmlDecisionRow.status != DecisionStatus.REPLACED,
    )
    return (await connection.execute(query.order_by(AmlDecisionRow.id.desc()).limit(hit.SHOWN * len(customer_ids)))).all()
