"""Stuck customers, with cause and start time, and figures about all verifications of a period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.customer import AmlStatus, KycStatus
from app.domain.kyc import Submission
from app.domain.start import StartStatus
from app.domain.stuck import ADVICE, Cause
from app.domain.verification import Approval, Stage
from app.model.customer import Customer
from app.model.start import Start
from app.model.verification import Verification
from app.store.db import UtcDateTime

# The most verifications of a period that the duration figures are computed from.
SAMPLE = 10_000


def _of_customer(cause: Cause, condition: Any) -> Select[Any]:
    since = Customer.status_since.label("since")
    query: Select[Any] = select(Customer.tenant_id, Customer.id.label("customer_id"), literal(cause).label("cause"), since)
    return query.where(condition, Customer.deactivated_at.is_(None))


def _of_start(cause: Cause, status: StartStatus) -> Select[Any]:
    since = Start.created_at.label("since")
    query: Select[Any] = select(Start.tenant_id, Start.customer_id, literal(cause).label("cause"), since)
    return query.where(Start.status == status)


def _of_verification(cause: Cause, moment: Any, condition: Any) -> Select[Any]:
    """Returns the query for stuck verifications of customers that are still undecided and active."""
    since = moment.label("since")
    query: Select[Any] = select(Verification.tenant_id, Verification.customer_id, literal(cause).label("cause"), since)
    open_ = Customer.kyc_status.in_([KycStatus.PENDING, KycStatus.IN_PROGRESS, KycStatus.AWAITING_RESUBMISSION])
    return query.join(Customer, Customer.id == Verification.customer_id).where(condition, open_, Customer.deactivated_at.is_(None))


def _all() -> dict[Cause, Select[Any]]:
    kyc, stage = Customer.kyc_status, Verification.stage
    submitted = and_(kyc == KycStatus.NOT_STARTED, Customer.submission == Submission.COMPLETE)
    started = select(Verification.id).where(Verification.customer_id == Customer.id, Verification.started_by.is_not(None))
    # Screening is expected if Gatehouse started the verification, but not for an ingested customer whose provider does not screen.
    unfinished = or_(
        Customer.aml_status == AmlStatus.IN_PROGRESS, and_(Customer.aml_status == AmlStatus.NOT_SCREENED, started.exists())
    )
    return {
        Cause.START_UNCERTAIN: _of_start(Cause.START_UNCERTAIN, StartStatus.UNCERTAIN),
        Cause.START_AWAITS_APPROVAL: _of_start(Cause.START_AWAITS_APPROVAL, StartStatus.AWAITING_APPROVAL),
        Cause.START_NOT_ANSWERED: _of_start(Cause.START_NOT_ANSWERED, StartStatus.AUTHORISED),
        Cause.NOBODY_STARTS: _of_customer(Cause.NOBODY_STARTS, submitted),
        Cause.CUSTOMER_DOES_NOT_OPEN: _of_customer(Cause.CUSTOMER_DOES_NOT_OPEN, kyc == KycStatus.PENDING),
        Cause.CUSTOMER_DOES_NOT_FINISH: _of_verification(
            Cause.CUSTOMER_DOES_NOT_FINISH,
            Verification.updated_at,
            and_(kyc == KycStatus.IN_PROGRESS, stage == Stage.CREATED),
        ),
        Cause.CUSTOMER_DOES_NOT_RESUBMIT: _of_customer(Cause.CUSTOMER_DOES_NOT_RESUBMIT, kyc == KycStatus.AWAITING_RESUBMISSION),
        Cause.VENDOR_DOES_NOT_DECIDE: _of_verification(
            Cause.VENDOR_DOES_NOT_DECIDE, Verification.updated_at, stage == Stage.IN_PROGRESS
        ),
        Cause.VENDOR_OUT_OF_REACH: _of_verification(
            Cause.VENDOR_OUT_OF_REACH, Verification.faulty_since, Verification.faulty_since.is_not(None)
        ),
        Cause.GONE_AT_VENDOR: _of_verification(
            Cause.GONE_AT_VENDOR, Verification.missing_since, Verification.missing_since.is_not(None)
        ),
        Cause.NOT_SCREENED: _of_customer(
            Cause.NOT_SCREENED,
            and_(kyc == KycStatus.VERIFIED, unfinished),
        ),
        Cause.HITS_NOT_JUDGED: _of_customer(Cause.HITS_NOT_JUDGED, Customer.aml_status == AmlStatus.NEEDS_REVIEW),
    }


def _stuck(at: dt.datetime, tenant_id: str | None, causes: Collection[Cause] | None) -> Any:
    """Returns all stuck cases as one subquery of `tenant_id`, `customer_id`, `cause`, `since`, or None if `causes` is empty."""
    parts = []
    for cause, query in _all().items():
        if causes is not None and cause not in causes:
            continue
        late = at - dt.timedelta(seconds=ADVICE[cause].seconds)
        tenant = query.selected_columns[0]
        kept = query.where(query.selected_columns[3] <= late)
        parts.append(kept.where(tenant == tenant_id) if tenant_id is not None else kept)
    return union_all(*parts).subquery("stuck") if parts else None


async def page(
    connection: AsyncConnection,
    *,
    at: dt.datetime,
    limit: int,
    tenant_id: str | None = None,
    causes: Collection[Cause] | None = None,
    after: tuple[dt.datetime, str, str] | None = None,
) -> Sequence[Any]:
    """Returns a page of stuck cases after the given position, longest first. Without a tenant, covers all tenants."""
    table = _stuck(at, tenant_id, causes)
    if table is None:
        return ()
    place = tuple_(table.c.since, table.c.customer_id, table.c.cause)
    behind = true() if after is None else place > tuple_(literal(after[0], UtcDateTime()), literal(after[1]), literal(after[2]))
    query = select(table).where(behind).order_by(table.c.since, table.c.customer_id, table.c.cause).limit(limit)
    return (await connection.execute(query)).all()


async def counts(connection: AsyncConnection, *, at: dt.datetime, tenant_id: str | None = None) -> dict[Cause, int]:
    """Returns the number of stuck cases by cause, with 0 for causes without any."""
    table = _stuck(at, tenant_id, None)
    found = await connection.execute(select(table.c.cause, func.count().label("many")).group_by(table.c.cause))
    return dict.fromkeys(Cause, 0) | {Cause(row.cause): int(row.many) for row in found}


@dataclass(frozen=True)
class Figures:
    """The results of the verifications started in a period. Seconds run from the start to the provider's approval."""

    started: int
    verified: int
    failed: int
    median_seconds: float | None
    slowest_tenth_seconds: float | None

    @property
    def conversion(self) -> float | None:
        """Returns verified divided by started, or None if nothing was started."""
        return self.verified / self.started if self.started else None


async def figures(connection: AsyncConnection, *, since: dt.datetime, tenant_id: str | None = None) -> Figures:
    approved = Verification.approval != Approval.NEVER
    failed = Verification.stage.in_([Stage.DECLINED, Stage.EXPIRED])
    started = and_(Verification.started_by.is_not(None), Verification.created_at >= since)
    mine = true() if tenant_id is None else Verification.tenant_id == tenant_id
    counted = select(
        func.count().label("started"),
        func.sum(case((approved, 1), else_=0)).label("verified"),
        func.sum(case((and_(failed, ~approved), 1), else_=0)).label("failed"),
    ).where(started, mine)
    row = (await connection.execute(counted)).one()
    taken = select(Verification.created_at, Verification.decided_at).where(
        started, mine, approved, Verification.decided_at.is_not(None)
    )
    pairs = await connection.execute(taken.order_by(Verification.id.desc()).limit(SAMPLE))
    seconds = sorted(max(0.0, (pair.decided_at - pair.created_at).total_seconds()) for pair in pairs)
    return Figures(
        int(row.started or 0), int(row.verified or 0), int(row.failed or 0), _quantile(seconds, 0.5), _quantile(seconds, 0.9)
    )


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
