"""The sandbox operator: starts and decides for customers with test addresses, through the ordinary gate and the real adapters.

It goes by what is stored, so that it may run anywhere, any number of times, and forget everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import select

from app.domain import sandbox
from app.domain.action import ActionKind, SandboxVerdict
from app.domain.customer import KycStatus
from app.domain.kyc import Submission
from app.domain.provider import ProviderName
from app.domain.sandbox import OPERATOR, OPERATOR_ID, Behaviour
from app.domain.start import ClientRelationship, PaymentMethod, RiskAnswers
from app.domain.verification import Stage
from app.errors import UserFault, UserFaults
from app.model.customer import Customer
from app.model.verification import Verification
from app.service import action, start
from app.service.action import Order
from app.service.run import Workshop
from app.service.start import Wanted

log = structlog.get_logger(module=__name__)

BATCH = 100
UNDECIDED = (Stage.CREATED, Stage.IN_PROGRESS)


async def operate(shop: Workshop) -> None:
    """One round: starts what is complete, decides what has waited for long enough."""
    for row in await _complete(shop):
        await _start(shop, row)
    for row in await _undecided(shop):
        await _decide(shop, row)


async def _complete(shop: Workshop) -> Sequence[Any]:
    query = select(Customer.id, Customer.tenant_id, Customer.submissions).where(
        Customer.sandbox.is_not(None),
        Customer.kyc_status == KycStatus.NOT_STARTED,
        Customer.submission == Submission.COMPLETE,
        Customer.deactivated_at.is_(None),
    )
    async with shop.core.database.reading() as connection:
        return (await connection.execute(query.limit(BATCH))).all()


async def _start(shop: Workshop, row: Any) -> None:
    offered = {name: provider.capabilities for name, provider in shop.providers.items()}
    service = next(iter(shop.core.starts.services), "other")
    risk = RiskAnswers(service, PaymentMethod.OTHER, ClientRelationship.NEW, "A test address of the sandbox.")
    key = f"sandbox-{row.id}-{row.submissions}"
    wanted = Wanted(row.tenant_id, row.id, risk, OPERATOR, OPERATOR_ID, key)
    try:
        await start.request(shop.core, wanted, offered)
    except (UserFault, UserFaults) as refusal:
        # It is being started, or cannot be: the next round finds out.
        log.info("sandbox.not_started", customer_id=row.id, error=getattr(refusal, "code", type(refusal).__name__))


async def _undecided(shop: Workshop) -> Sequence[Any]:
    """Verifications of test addresses that the vendor's sandbox has not decided, or asked again about and were given again."""
    query = (
        select(
            Verification.id, Verification.provider, Verification.stage, Verification.created_at, Verification.started_by,
            Customer.sandbox, Customer.submissions, Customer.submitted_at, Customer.tenant_id, Customer.id.label("customer_id"),
        )
        .join(Customer, Customer.id == Verification.customer_id)
        .where(
            Customer.sandbox.is_not(None),
            Verification.started_by == OPERATOR,
            Verification.stage.in_([*UNDECIDED, Stage.RESUBMISSION_REQUESTED]),
        )
        .limit(BATCH)
    )  # fmt: skip
    async with shop.core.database.reading() as connection:
        rows = (await connection.execute(query)).all()
    return [row for row in rows if _is_due(shop, row)]


def _is_due(shop: Workshop, row: Any) -> bool:
    again = row.stage == Stage.RESUBMISSION_REQUESTED
    if again and row.submissions == 1:
        return False  # it waits for the customer
    since = row.submitted_at if again else max(row.created_at, row.submitted_at)
    wait = sandbox.seconds(Behaviour(row.sandbox), shop.core.decision_seconds or 0.0)
    return bool(shop.core.clock.now() - since >= dt.timedelta(seconds=wait))


async def _decide(shop: Workshop, row: Any) -> None:
    provider = shop.providers.get(ProviderName(row.provider))
    if provider is None or ActionKind.SANDBOX_VERDICT not in provider.capabilities.actions:
        return  # Veriff has no such call: its twin decides by itself, its own test integrations in the portal
    found = sandbox.verdict(Behaviour(row.sandbox), row.submissions)
    wanted = SandboxVerdict(found.approve, found.retry, found.labels, found.comment)
    key = f"sandbox-{row.id}-{row.submissions}"
    order = Order(row.tenant_id, row.customer_id, wanted, OPERATOR, OPERATOR_ID, key)
    try:
        await action.carry_out(shop.core, shop.providers, order)
    except UserFault as refusal:
        log.warning("sandbox.not_decided", verification_id=row.id, error=refusal.code)
