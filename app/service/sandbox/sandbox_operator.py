"""The sandbox operator: starts and decides verifications of customers with test addresses, through the regular services.

It depends only on stored state, so any number of instances can run anywhere and restart at any time.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Coroutine, Sequence
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
from app.service.context import WorkContext
from app.service.start import start
from app.service.start.start import Wanted
from app.service.verification import action
from app.service.verification.action import Order

log = structlog.get_logger(module=__name__)

BATCH = 100
FIRST_SECONDS, MOST_SECONDS, REMEMBERED = 1.0, 300.0, 1_000
UNDECIDED = (Stage.CREATED, Stage.IN_PROGRESS)


class Operator:
    """The operator of one process. It retries refused operations with growing delays."""

    def __init__(self, context: WorkContext) -> None:
        self._context = context
        self._refused: dict[str, tuple[int, float]] = {}

    async def go_round(self) -> None:
        """Starts verifications of complete customers, and decides those that have waited long enough."""
        for row in await _complete(self._context):
            await self._do(row.id, _start(self._context, row))
        for row in await _undecided(self._context):
            await self._do(row.id, _decide(self._context, row))

    async def _do(self, subject: str, work: Coroutine[Any, Any, None]) -> None:
        times, not_before = self._refused.get(subject, (0, 0.0))
        if time.monotonic() < not_before:
            work.close()
            return
        try:
            await work
            self._refused.pop(subject, None)
        except (UserFault, UserFaults) as refusal:
            log.info("sandbox.refused", subject=subject, error=getattr(refusal, "code", type(refusal).__name__))
            if len(self._refused) > REMEMBERED:
                self._refused.clear()
            self._refused[subject] = times + 1, time.monotonic() + min(MOST_SECONDS, FIRST_SECONDS * 2**times)


async def _complete(context: WorkContext) -> Sequence[Any]:
    query = select(Customer.id, Customer.tenant_id, Customer.submissions).where(
        Customer.sandbox.is_not(None),
        Customer.kyc_status == KycStatus.NOT_STARTED,
        Customer.submission == Submission.COMPLETE,
        Customer.deactivated_at.is_(None),
    )
    async with context.deps.database.reading() as connection:
        return (await connection.execute(query.limit(BATCH))).all()


async def _start(context: WorkContext, row: Any) -> None:
    offered = {name: provider.capabilities for name, provider in context.providers.items()}
    service = next(iter(context.deps.starts.services), "other")
    risk = RiskAnswers(service, PaymentMethod.OTHER, ClientRelationship.NEW, "A test address of the sandbox.")
    key = f"sandbox-{row.id}-{row.submissions}"
    wanted = Wanted(row.tenant_id, row.id, risk, OPERATOR, OPERATOR_ID, key)
    await start.request(context.deps, wanted, offered)


async def _undecided(context: WorkContext) -> Sequence[Any]:
    """Returns the test addresses' verifications that are due for a decision: undecided ones, and resubmitted ones."""
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
    async with context.deps.database.reading() as connection:
        rows = (await connection.execute(query)).all()
    return [row for row in rows if _is_due(context, row)]


def _is_due(context: WorkContext, row: Any) -> bool:
    again = row.stage == Stage.RESUBMISSION_REQUESTED
    if again and row.submissions == 1:
        return False  # it waits for the customer
    since = row.submitted_at if again else max(row.created_at, row.submitted_at)
    wait = sandbox.seconds(Behaviour(row.sandbox), context.deps.decision_seconds or 0.0)
    return bool(context.deps.clock.now() - since >= dt.timedelta(seconds=wait))


async def _decide(context: WorkContext, row: Any) -> None:
    provider = context.providers.get(ProviderName(row.provider))
    if provider is None or ActionKind.SANDBOX_VERDICT not in provider.capabilities.actions:
        return  # Veriff has no such call: its twin decides by itself, and its test integrations are decided in the portal
    found = sandbox.verdict(Behaviour(row.sandbox), row.submissions)
    wanted = SandboxVerdict(found.approve, found.retry, found.labels, found.comment)
    key = f"sandbox-{row.id}-{row.submissions}"
    order = Order(row.tenant_id, row.customer_id, wanted, OPERATOR, OPERATOR_ID, key)
    await action.carry_out(context.deps, context.providers, order)
