"""Manual decisions about customers: deactivate, reactivate, require or waive a verification, screen again.

Each is carried out once and recorded with its actor and reason.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids, lifecycle
from app.domain.customer import KycStatus
from app.domain.lifecycle import ChangeKind
from app.errors import UserFault
from app.model import customer as customer_model
from app.model.change import CustomerChange
from app.service.dependencies import Dependencies
from app.service.fact import ScreeningWanted
from app.service.trust import data_key, validation
from app.service.work import idempotency
from app.store.db import Session

REASON = "customer_change.reason"
REASON_LIMIT = 500
SHOWN = 100


@dataclass(frozen=True)
class Decision:
    """A requested change of a customer, with its reason and actor."""

    tenant_id: str
    customer_id: str
    kind: ChangeKind
    reason: str = field(repr=False)
    actor: str = field(repr=False)
    credential_id: str
    idempotency_key: str | None = None


async def decide(deps: Dependencies, decision: Decision) -> None:
    """Carries out a decision and records it. Raises UserFault and changes nothing if the customer's state does not allow it."""
    faults = [*validation.text(decision.reason, ["input", "reason"], limit=REASON_LIMIT)]
    validation.refuse([*faults, *validation.idempotency_key(decision.idempotency_key)])
    operation = f"customer.{decision.kind.lower()}"
    value = idempotency.canonical(operation, {"customer": decision.customer_id, "reason": decision.reason})
    request = idempotency.Request(decision.tenant_id, operation, decision.idempotency_key, value)

    async def make(session: Session) -> None:
        row = await customer_model.find_locked(session, decision.tenant_id, decision.customer_id)
        if row is None:
            raise UserFault("NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Check the id.")
        await CARRY_OUT[decision.kind](deps, session, row)
        await _record(deps, session, decision)

    await idempotency.once(deps, request, decision.customer_id, make)


async def _deactivate(deps: Dependencies, session: Session, row: Any) -> None:
    if row.deactivated_at is not None:
        raise UserFault("ALREADY_DEACTIVATED", "The customer is deactivated.", ["input", "customerId"])
    await customer_model.set_active(session, row, active=False, at=deps.clock.now())


async def _reactivate(deps: Dependencies, session: Session, row: Any) -> None:
    if row.deactivated_at is None:
        raise UserFault("NOT_DEACTIVATED", "The customer is not deactivated.", ["input", "customerId"])
    await customer_model.set_active(session, row, active=True, at=deps.clock.now())


async def _require(deps: Dependencies, session: Session, row: Any) -> None:
    await _set_required(deps, session, row, required=True)


async def _excuse(deps: Dependencies, session: Session, row: Any) -> None:
    await _set_required(deps, session, row, required=False)


async def _set_required(deps: Dependencies, session: Session, row: Any, *, required: bool) -> None:
    if row.deactivated_at is not None:
        raise UserFault("CUSTOMER_DEACTIVATED", "The customer is deactivated.", ["input", "customerId"], "Reactivate it first.")
    outcome = lifecycle.kyc_required(KycStatus(row.kyc_status), required=required)
    if not isinstance(outcome, KycStatus):
        code, message = outcome
        raise UserFault(code, message, ["input", "required"], f"kycStatus is {row.kyc_status}.")
    reason = "verification_required" if required else "verification_not_required"
    await customer_model.move(session, row, to=outcome, at=deps.clock.now(), reason=reason)


async def _screen_again(deps: Dependencies, session: Session, row: Any) -> None:
    if row.kyc_status != KycStatus.VERIFIED:
        raise UserFault("NOT_VERIFIED", "Only a verified customer is screened.", ["input", "customerId"], "Verify it first.")
    session.tell(ScreeningWanted(row))


CARRY_OUT: dict[ChangeKind, Callable[[Dependencies, Session, Any], Awaitable[None]]] = {
    ChangeKind.DEACTIVATED: _deactivate,
    ChangeKind.REACTIVATED: _reactivate,
    ChangeKind.KYC_REQUIRED: _require,
    ChangeKind.KYC_NOT_REQUIRED: _excuse,
    ChangeKind.SCREENED_AGAIN: _screen_again,
}


async def _record(deps: Dependencies, session: Session, decision: Decision) -> None:
    ciphers = await data_key.ciphers(session, deps.vault, decision.tenant_id, [decision.customer_id])
    await session.execute(
        insert(CustomerChange).values(
            id=ids.new("chg"),
            tenant_id=decision.tenant_id,
            customer_id=decision.customer_id,
            kind=decision.kind,
            reason=ciphers[decision.customer_id].seal(decision.reason.strip().encode(), REASON),
            requested_by=decision.actor,
            credential_id=decision.credential_id,
            created_at=deps.clock.now(),
        )
    )


async def changes(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    """Returns the decisions about customers, newest first, at most 100 times the number of customers in total."""
    query = select(CustomerChange.__table__).where(
        CustomerChange.tenant_id == tenant_id, CustomerChange.customer_id.in_(list(customer_ids))
    )
    return (await connection.execute(query.order_by(CustomerChange.id.desc()).limit(SHOWN * len(customer_ids)))).all()
