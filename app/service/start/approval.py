"""Human decisions on a pending start: approval by a second person, withdrawal, and resolution of an uncertain start."""

from __future__ import annotations

from typing import Any

from app.domain.start import Outcome, StartStatus
from app.errors import UserFault
from app.model import customer as customer_model
from app.service.dependencies import Dependencies
from app.service.start import start
from app.service.trust import validation
from app.service.trust.actor import Actor
from app.store.db import Session, transaction

REFERENCE_LIMIT = 200


def _must_be(row: Any, status: StartStatus) -> None:
    if row.status != status:
        message = f"The start is {row.status}, not {status}."
        raise UserFault("WRONG_STATE", message, ["input", "startId"], "Read it again: somebody else may have decided.")


async def approve(deps: Dependencies, by: Actor, start_id: str) -> None:
    """Approves a start as the second person, stores the charge and authorises the start. Raises UserFault."""
    async with transaction(deps.database) as session:
        row = await start.locked(session, by.tenant_id, start_id)
        if row.status == StartStatus.AUTHORISED and row.approved_by == by.name:
            return  # the same person repeated the request
        _must_be(row, StartStatus.AWAITING_APPROVAL)
        if by.is_also(row.requested_by, row.credential_id):
            message = "Whoever asked for a start cannot approve it."
            raise UserFault("SECOND_PERSON_REQUIRED", message, ["input", "startId"], "Another person must approve it.")
        await _startable_still(session, row)
        await start.authorise(deps, session, row, spent_by=row.requested_by, approved_by=by.name)


async def _startable_still(session: Session, row: Any) -> None:
    person = await customer_model.locked(session, row.customer_id)
    refusal = await start.refusal_reason(session, person)
    if refusal is not None:
        raise UserFault(refusal[0], refusal[1], ["input", "startId"], "Withdraw the start.")


async def withdraw(deps: Dependencies, by: Actor, start_id: str) -> None:
    """Withdraws a start that awaits approval, without a charge. Raises UserFault."""
    async with transaction(deps.database) as session:
        row = await start.locked(session, by.tenant_id, start_id)
        if row.status == StartStatus.WITHDRAWN:
            return
        _must_be(row, StartStatus.AWAITING_APPROVAL)
        await start.end(deps, session, row, to=StartStatus.WITHDRAWN, fence=row.fence, approved_by=by.name)


async def resolve(deps: Dependencies, by: Actor, start_id: str, outcome: Outcome, reference: str | None) -> None:
    """Resolves an uncertain start with the outcome that a person found at the provider. Raises UserFault.

    MADE requires the provider's `reference` and resumes the start. NOT_MADE withdraws it.
    """
    place = ["input", "reference"]
    if (outcome is Outcome.MADE) != (reference is not None):
        message = "With MADE the vendor's id is needed, and with nothing else."
        raise UserFault("REFERENCE_AND_OUTCOME", message, place, "Copy the id from the vendor's dashboard.")
    validation.refuse(list(validation.text(reference, place, limit=REFERENCE_LIMIT)) if reference is not None else [])
    async with transaction(deps.database) as session:
        row = await start.locked(session, by.tenant_id, start_id)
        _must_be(row, StartStatus.UNCERTAIN)
        if outcome is Outcome.NOT_MADE:
            await start.end(deps, session, row, to=StartStatus.WITHDRAWN, fence=row.fence, approved_by=by.name)
            return
        await start.resume(session, row, approved_by=by.name, reference=reference, called_at=None, problem=None, faulty_since=None)
