"""Actions on a verification at its provider: the intent is stored first, then the call is made once and its result recorded.

A repeated idempotency key returns the first result. Secrets (a token, a link) are never stored, so a repeated request creates a
new one. After a call without a response, the verification is refreshed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.action import TRANSITIONS, Action, ActionAnswer, ActionKind, ActionStatus, Subject
from app.domain.event import EventType, NewEvent
from app.domain.provider import Provider, ProviderName
from app.errors import NotSent, ProcessFault, Unanswered, UserFault, VendorFault
from app.model import action as action_model
from app.model.action import VendorAction
from app.model.customer import Customer
from app.service.customer import customer
from app.service.dependencies import Dependencies
from app.service.trust import data_key
from app.service.verification import inbound, verification
from app.service.work import idempotency, lease
from app.store.db import Session, now, transaction

PARAMETERS = "vendor_action.parameters"
# Longer than any call to a provider may take.
LEASE_SECONDS = 60.0
# How long a repeated request waits for the first one to end.
WAIT_SECONDS, POLL_SECONDS = 3.0, 0.1
log = structlog.get_logger(module=__name__)


@dataclass(frozen=True)
class Order:
    """A requested action on a customer's verification. `actor` is the name of the credential, for the audit record."""

    tenant_id: str
    customer_id: str
    action: Action
    actor: str = field(repr=False)
    credential_id: str = ""
    idempotency_key: str | None = None

    @property
    def operation(self) -> str:
        return f"verification.{self.action.kind.lower()}"


@dataclass(frozen=True)
class Done:
    """The result of an action, with the id of its verification."""

    verification_id: str
    answer: ActionAnswer


async def carry_out(deps: Dependencies, providers: Mapping[ProviderName, Provider], order: Order) -> Done:
    """Carries out an action now and returns its result. Raises UserFault if it fails."""
    row = await _current(deps, order)
    provider = _able(providers, row, order.action.kind)
    action_id = ids.new("act")

    async def make(session: Session) -> None:
        await _intend(deps, session, row, order, action_id)

    given = {"customer": order.customer_id, "action": asdict(order.action)}
    value = idempotency.canonical(order.operation, given)
    request = idempotency.Request(order.tenant_id, order.operation, order.idempotency_key, value)
    known = await idempotency.once(deps, request, action_id, make)
    if known == action_id:
        return Done(row.id, await _call(deps, provider, row, order, known, _subject(row)))
    # A repeated request applies to the first order, and to the verification that was the newest then.
    first, over = await _take_over(deps, known)
    async with deps.database.reading() as connection:
        (row,) = await verification.by_ids(connection, order.tenant_id, [first.verification_id])
    provider = _able(providers, row, order.action.kind)
    if over:
        return Done(row.id, await _yielded_again(provider, _subject(row), order))
    subject = replace(_subject(row), attempt=first.attempt, in_doubt=True)
    return Done(row.id, await _call(deps, provider, row, order, known, subject))


async def _current(deps: Dependencies, order: Order) -> Any:
    unknown = UserFault("NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Check the id.")
    if ids.kind(order.customer_id) != "cus":
        raise unknown
    async with deps.database.reading() as connection:
        if not await customer.by_ids(connection, order.tenant_id, [order.customer_id]):
            raise unknown
        found = await verification.newest(connection, order.tenant_id, [order.customer_id])
    if not found:
        raise UserFault(
            "VERIFICATION_NOT_STARTED",
            "The customer has no verification at a vendor.",
            ["input", "customerId"],
            "Ingest one, or have a person start one, first.",
        )
    return found[0]


def _able(providers: Mapping[ProviderName, Provider], row: Any, kind: ActionKind) -> Provider:
    provider = providers.get(ProviderName(row.provider))
    if provider is None:
        raise UserFault("PROVIDER_NOT_CONFIGURED", f"{row.provider.capitalize()} is not configured here.")
    if kind not in provider.capabilities.actions:
        raise UserFault(
            "NOT_SUPPORTED_BY_PROVIDER",
            f"{row.provider.capitalize()} cannot do this.",
            None,
            "The query `providers` says what each vendor can do.",
        )
    return provider


async def _intend(deps: Dependencies, session: Session, row: Any, order: Order, action_id: str) -> None:
    cipher = (await data_key.ciphers(session, deps.vault, row.tenant_id, [row.customer_id]))[row.customer_id]
    await session.execute(
        insert(VendorAction).values(
            id=action_id,
            tenant_id=row.tenant_id,
            customer_id=row.customer_id,
            verification_id=row.id,
            kind=order.action.kind,
            status=ActionStatus.REQUESTED,
            parameters=cipher.seal_json(asdict(order.action), PARAMETERS),
            requested_by=order.actor,
            credential_id=order.credential_id,
            attempt=row.attempt,
            lease_until=now(LEASE_SECONDS),
            created_at=deps.clock.now(),
        )
    )


async def _take_over(deps: Dependencies, action_id: str) -> tuple[Any, bool]:
    """Returns the stored action, and True if it is done. If not, claims it for the caller.

    Waits up to WAIT_SECONDS for a request that is being carried out, then raises UserFault.
    """
    for _ in range(round(WAIT_SECONDS / POLL_SECONDS)):
        async with transaction(deps.database) as session:
            query = select(VendorAction.__table__).where(VendorAction.id == action_id).with_for_update(key_share=True)
            row = (await session.execute(query)).one()
            if row.status == ActionStatus.DONE:
                return row, True
            is_free = select(VendorAction.id).where(VendorAction.id == action_id, lease.free(VendorAction))
            if (await session.execute(is_free)).first():
                await action_model.move(session, row, to=ActionStatus.REQUESTED, lease_until=now(LEASE_SECONDS))
                return row, False
        await asyncio.sleep(POLL_SECONDS)
    raise UserFault(
        "IN_PROGRESS",
        "The same request is being carried out at this moment.",
        ["input", "idempotencyKey"],
        "Repeat it with the same idempotency key in a few seconds.",
    )


async def _yielded_again(provider: Provider, subject: Subject, order: Order) -> ActionAnswer:
    """Returns the result for a repeated request: a new token or link, because none is stored, and otherwise an empty result."""
    if order.action.kind in (ActionKind.SDK_TOKEN, ActionKind.LINK, ActionKind.SHARE):
        return await provider.act(subject, order.action)
    return ActionAnswer()


async def _call(deps: Dependencies, provider: Provider, row: Any, order: Order, action_id: str, subject: Subject) -> ActionAnswer:
    """Calls the provider outside any transaction and returns its result. Raises UserFault if the call fails.

    Records the result, and requests a refresh of the verification unless the call was refused.
    """
    try:
        answer = await provider.act(subject, order.action)
    except UserFault as refusal:
        await _end(deps, row, order, action_id, ActionStatus.REFUSED, refusal.code)
        raise
    except VendorFault as fault:
        explained = provider.explain(fault)
        status = (
            ActionStatus.UNCERTAIN
            if isinstance(fault, Unanswered) or (fault.passing and not isinstance(fault, NotSent))
            else ActionStatus.REFUSED
        )
        log.warning("vendor.fault", verification_id=row.id, kind=type(fault).__name__, operation=fault.operation)
        await _end(deps, row, order, action_id, status, explained.code)
        raise _refusal(row, fault, explained, status) from None
    await _end(deps, row, order, action_id, ActionStatus.DONE, None)
    return answer


def _subject(row: Any) -> Subject:
    return Subject(row.reference, row.external_id, row.integration, row.level, row.attempt)


def _refusal(row: Any, fault: VendorFault, explained: ProcessFault, status: ActionStatus) -> UserFault:
    """Returns the fault for the caller. Its hint depends on whether a request was sent, and on whether it may have had effect."""
    if isinstance(fault, NotSent):
        hint = "Nothing was sent. Repeat the request with the same idempotency key."
        return UserFault("PROVIDER_UNAVAILABLE", explained.message, None, hint)
    if status == ActionStatus.UNCERTAIN:
        hint = "It may have taken effect: the verification is being looked at. Repeat the request with the same idempotency key."
        return UserFault("PROVIDER_UNANSWERED", explained.message, None, hint)
    numbers = {key: value for key, value in (explained.details or {}).items() if key in ("errorCode", "correlationId")}
    told = " ".join(f"{key} {value}" for key, value in numbers.items())
    message = f"{explained.message} ({row.provider.capitalize()}: {told})" if told else explained.message
    return UserFault("PROVIDER_REFUSED", message, None, explained.hint)


async def _end(deps: Dependencies, row: Any, order: Order, action_id: str, status: ActionStatus, error_code: str | None) -> None:
    at = deps.clock.now()
    async with transaction(deps.database) as session:
        query = select(VendorAction.__table__).where(VendorAction.id == action_id).with_for_update(key_share=True)
        left = (await session.execute(query)).one()
        if status in TRANSITIONS[ActionStatus(left.status)]:
            await action_model.move(session, left, to=status, error_code=error_code, ended_at=at, lease_until=None)
            if status is ActionStatus.DONE:
                data = {"verificationId": row.id, "action": order.action.kind, "actionId": action_id}
                session.record(NewEvent(EventType.VERIFICATION_ACTION_DONE, row.tenant_id, customer_id=row.customer_id, data=data))
        else:
            log.warning("action.lease_lost", action_id=action_id, status=left.status, late=status)
        if status != ActionStatus.REFUSED:
            await inbound.wake(session, [row.id], thorough=True)


async def set_on_customer(deps: Dependencies, order: Order, **values: Any) -> None:
    """Stores the tenant's own values on a customer, risk level and tags, once per idempotency key. Raises NOT_FOUND."""

    async def make(session: Session) -> None:
        changed = await session.execute(
            update(Customer)
            .where(Customer.id == order.customer_id, Customer.tenant_id == order.tenant_id)
            .values(updated_at=deps.clock.now(), **values)
        )
        if changed.rowcount != 1:
            raise UserFault("NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Check the id.")
        data = {"customerId": order.customer_id, "fields": sorted(values)}
        session.record(NewEvent(EventType.CUSTOMER_UPDATED, order.tenant_id, customer_id=order.customer_id, data=data))

    operation = f"customer.{order.action.kind.lower()}"
    value = idempotency.canonical(operation, {"customer": order.customer_id, "action": asdict(order.action)})
    request = idempotency.Request(order.tenant_id, operation, order.idempotency_key, value)
    await idempotency.once(deps, request, order.customer_id, make)


async def of_verifications(connection: AsyncConnection, tenant_id: str, verification_ids: Sequence[str]) -> Sequence[Any]:
    """Returns the actions on these verifications, newest first, at most 100 in total."""
    columns = (
        VendorAction.id, VendorAction.verification_id, VendorAction.kind, VendorAction.status, VendorAction.requested_by,
        VendorAction.error_code, VendorAction.created_at, VendorAction.ended_at,
    )  # fmt: skip
    query = (
        select(*columns)
        .where(VendorAction.tenant_id == tenant_id, VendorAction.verification_id.in_(list(verification_ids)))
        .order_by(VendorAction.id.desc())
        .limit(100)
    )
    return (await connection.execute(query)).all()
