"""Starts: requested by a person, charged once. `approval` handles the second person, `attempt` the call to the provider."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids, lifecycle
from app.domain.customer import KycStatus
from app.domain.event import EventType, NewEvent
from app.domain.provider import Capabilities, ProviderName
from app.domain.reference import DEFAULT_INTEGRATION
from app.domain.start import OPEN, ChargeStatus, RiskAnswers, StartStatus
from app.errors import UserFault
from app.model import charge as charge_model
from app.model import customer as customer_model
from app.model import start as start_model
from app.model.charge import Charge
from app.model.start import Start
from app.model.tenant import Tenant
from app.notify.wakeup import START_VERIFICATION, WAKE_AGAIN_SECONDS
from app.service.dependencies import Dependencies
from app.service.trust import data_key, validation
from app.service.verification import verification
from app.service.work import idempotency
from app.store.db import Session, now
from app.store.page import Keyset, newest_first

RISK = "verification_start.risk"
COMMENT_LIMIT, LEVEL_LIMIT = 500, 200
# The longest time a caller waits for the provider's response. The start continues in the background.
WAIT_SECONDS, POLL_SECONDS = 10.0, 0.05


@dataclass(frozen=True)
class Wanted:
    """A requested start. `actor` is the name of the credential, for the audit record."""

    tenant_id: str
    customer_id: str
    risk: RiskAnswers
    actor: str = field(repr=False)
    credential_id: str
    idempotency_key: str
    provider: ProviderName | None = None
    level: str | None = None


def check(deps: Dependencies, wanted: Wanted, offered: Mapping[ProviderName, Capabilities]) -> Capabilities:
    """Returns the capabilities of the provider to use. Raises all faults of the input together."""
    risk, place = wanted.risk, ["input", "risk"]
    faults = [*validation.text(wanted.idempotency_key, ["input", "idempotencyKey"], limit=255)]
    if risk.comment is not None:
        faults += validation.text(risk.comment, [*place, "comment"], limit=COMMENT_LIMIT)
    if risk.designated_service not in deps.starts.services:
        hint = f"The firm's services are: {', '.join(deps.starts.services)}."
        message = "This is none of the firm's designated services."
        faults.append(UserFault("UNKNOWN_SERVICE", message, [*place, "designatedService"], hint))
    # Without a requested provider, the first configured one is used, in the order of the enum.
    name = wanted.provider or next((name for name in ProviderName if name in offered), ProviderName.SUMSUB)
    if name not in offered:
        message = f"{name.capitalize()} is not configured here."
        faults.append(UserFault("PROVIDER_NOT_CONFIGURED", message, ["input", "provider"], "`providers` lists those that are."))
    if wanted.level is not None:
        faults += validation.text(wanted.level, ["input", "level"], limit=LEVEL_LIMIT)
        if name in offered and not offered[name].levels:
            faults.append(UserFault("NO_LEVELS", f"{name.capitalize()} has no levels.", ["input", "level"], "Leave it out."))
    validation.refuse(faults)
    return offered[name]


async def request(deps: Dependencies, wanted: Wanted, offered: Mapping[ProviderName, Capabilities]) -> str:
    """Stores a start, with its charge unless a second person must approve it. Sends nothing yet. Returns the id of the start."""
    capabilities = check(deps, wanted, offered)
    given = {"customer": wanted.customer_id, "provider": wanted.provider, "level": wanted.level, "risk": asdict(wanted.risk)}
    value = idempotency.canonical(idempotency.FOR_EVER, given)
    asked = idempotency.Request(wanted.tenant_id, idempotency.FOR_EVER, wanted.idempotency_key, value)
    start_id = ids.new("sta")

    async def make(session: Session) -> None:
        row = await _startable(session, wanted.tenant_id, wanted.customer_id)
        await _insert(deps, session, row, start_id, wanted, capabilities)
        if deps.starts.second_person:
            _tell(session, row.tenant_id, row.id, EventType.START_REQUESTED, start_id)
        else:
            await authorise(deps, session, await locked(session, wanted.tenant_id, start_id), spent_by=wanted.actor)

    return await idempotency.once(deps, asked, start_id, make)


async def _startable(session: Session, tenant_id: str, customer_id: str) -> Any:
    row = await customer_model.find_locked(session, tenant_id, customer_id)
    place = ["input", "customerId"]
    if row is None:
        raise UserFault("NOT_FOUND", "There is no such customer.", place, "Check the id.")
    refusal = await refusal_reason(session, row)
    if refusal is not None:
        hint = f"kycStatus is {row.kyc_status}." if row.deactivated_at is None else "Reactivate it first."
        raise UserFault(refusal[0], refusal[1], place, hint)
    open_one = select(Start.status).where(Start.customer_id == customer_id, Start.status.in_(sorted(OPEN)))
    found = (await session.execute(open_one)).first()
    if found is not None:
        message = "A verification is being started for this customer already."
        raise UserFault("VERIFICATION_IN_PROGRESS", message, place, f"That start is {found.status}: see `verificationStarts`.")
    return row


async def refusal_reason(session: Session, person: Any) -> tuple[str, str] | None:
    """Returns the code and message of the reason why no verification can be started now, or None if one can."""
    if person.deactivated_at is not None:
        return "CUSTOMER_DEACTIVATED", "The customer is deactivated."
    return lifecycle.may_start(KycStatus(person.kyc_status), gone=await is_missing_at_provider(session, person))


async def is_missing_at_provider(session: Session, person: Any) -> bool:
    """Returns True if the provider no longer has the customer's newest verification."""
    found = await verification.newest(session, person.tenant_id, [person.id])
    return bool(found and found[0].missing_since is not None)


async def _insert(
    deps: Dependencies, session: Session, row: Any, start_id: str, wanted: Wanted, capabilities: Capabilities
) -> None:
    cipher = (await data_key.ciphers(session, deps.vault, row.tenant_id, [row.id]))[row.id]
    integration, processes = _integration(capabilities)
    await session.execute(
        insert(Start).values(
            id=start_id,
            tenant_id=row.tenant_id,
            customer_id=row.id,
            verification_id=ids.new("ver"),
            provider=capabilities.name,
            level=wanted.level,
            integration=integration,
            processes=list(processes),
            status=StartStatus.AWAITING_APPROVAL,
            risk=cipher.seal_json(asdict(wanted.risk), RISK),
            requested_by=wanted.actor,
            credential_id=wanted.credential_id,
            attempts=0,
            fence=0,
            due_at=now(),
            wake_at=now(),
            created_at=deps.clock.now(),
        )
    )


def _integration(capabilities: Capabilities) -> tuple[str | None, Sequence[Any]]:
    """Returns the integration to use, with its processes: the default one, else the one with the most processes.

    The integration is None for a provider that has only one.
    """
    several = capabilities.integrations
    if not several:
        return None, capabilities.processes
    name = DEFAULT_INTEGRATION if DEFAULT_INTEGRATION in several else max(several, key=lambda key: len(several[key]))
    return name, several[name]


async def authorise(deps: Dependencies, session: Session, row: Any, *, spent_by: str, approved_by: str | None = None) -> None:
    """Stores the charge and authorises the start. No other function spends money. Raises UserFault if the budget is spent."""
    at = deps.clock.now()
    await _within_budget(deps, session, row.tenant_id, at)
    values = {"approved_by": approved_by, "due_at": now(), "wake_at": now(WAKE_AGAIN_SECONDS)}
    await start_model.move(session, row, to=StartStatus.AUTHORISED, fence=row.fence, **values)
    await session.execute(
        insert(Charge).values(
            id=ids.new("crg"),
            tenant_id=row.tenant_id,
            customer_id=row.customer_id,
            start_id=row.id,
            provider=row.provider,
            status=ChargeStatus.HELD,
            spent_by=spent_by,
            created_at=at,
        )
    )
    _tell(session, row.tenant_id, row.customer_id, EventType.START_AUTHORISED, row.id)
    session.wake(START_VERIFICATION, row.id)


async def _within_budget(deps: Dependencies, session: Session, tenant_id: str, at: dt.datetime) -> None:
    """Raises UserFault if the tenant's daily budget of starts is spent. Counts under the tenant's lock, so the limit is exact."""
    await session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.count()).where(
        Charge.tenant_id == tenant_id, Charge.created_at >= day, Charge.status != ChargeStatus.RELEASED
    )
    if int((await session.execute(query)).scalar() or 0) >= deps.starts.per_day:
        message = f"The firm's budget of {deps.starts.per_day} starts a day is spent."
        hint = "Wait until tomorrow (UTC), or ask the operator to raise GATEHOUSE_STARTS_PER_DAY."
        raise UserFault("BUDGET_EXHAUSTED", message, None, hint)


def _tell(session: Session, tenant_id: str, customer_id: str, type_: EventType, start_id: str, **data: Any) -> None:
    content = {"customerId": customer_id, "startId": start_id, **data}
    session.record(NewEvent(type_, tenant_id, customer_id=customer_id, data=content))


async def locked(session: Session, tenant_id: str, start_id: str) -> Any:
    """Returns the locked row of a start. Raises NOT_FOUND."""
    query = select(Start.__table__).where(Start.id == start_id, Start.tenant_id == tenant_id)
    row = (await session.execute(query.with_for_update(key_share=True))).first()
    if row is None:
        raise UserFault("NOT_FOUND", "There is no such start.", ["input", "startId"], "`verificationStarts` lists them.")
    return row


async def resume(session: Session, row: Any, **values: Any) -> None:
    """Resumes an uncertain start with its existing charge."""
    due = {"due_at": now(), "wake_at": now(WAKE_AGAIN_SECONDS)}
    await start_model.move(session, row, to=StartStatus.AUTHORISED, fence=row.fence, **due, **values)
    session.wake(START_VERIFICATION, row.id)


async def resume_in_doubt(session: Session, provider: ProviderName, *, external_id: str, reference: str) -> None:
    """Stores the reference that a provider's notice reveals for a start without one, and resumes the start if it is uncertain."""
    query = select(Start.__table__).where(
        Start.verification_id == external_id, Start.provider == provider, Start.reference.is_(None)
    )
    row = (await session.execute(query.with_for_update(key_share=True))).first()
    if row is None:
        return
    if row.status == StartStatus.UNCERTAIN:
        await resume(session, row, reference=reference, problem=None)
    elif row.status == StartStatus.AUTHORISED:
        await session.execute(update(Start).where(Start.id == row.id).values(reference=reference))


async def end(deps: Dependencies, session: Session, row: Any, *, to: StartStatus, fence: int, **values: Any) -> None:
    """Ends a start and records the event. Confirms the charge if the start is STARTED, and releases it otherwise."""
    at = deps.clock.now()
    await start_model.move(session, row, to=to, fence=fence, ended_at=at, **values)
    charge = ChargeStatus.CONFIRMED if to is StartStatus.STARTED else ChargeStatus.RELEASED
    await charge_model.end(session, row.id, to=charge, at=at)
    problem = values.get("problem")
    data = {"status": to, "errorCode": problem["code"] if problem else None}
    _tell(session, row.tenant_id, row.customer_id, EventType.START_ENDED, row.id, **data)


async def settled(deps: Dependencies, tenant_id: str, start_id: str) -> None:
    """Waits until a start is no longer AUTHORISED, at most WAIT_SECONDS."""
    for _ in range(round(WAIT_SECONDS / POLL_SECONDS)):
        async with deps.database.reading() as connection:
            found = await by_ids(connection, tenant_id, [start_id])
        if not found or found[0].status != StartStatus.AUTHORISED:
            return
        await asyncio.sleep(POLL_SECONDS)


def columns(tenant_id: str) -> Select[Any]:
    """Returns the query for a tenant's starts, each with its charge."""
    return (
        select(Start.__table__, Charge.status.label("charge"))
        .join(Charge, Charge.start_id == Start.id, isouter=True)
        .where(Start.tenant_id == tenant_id)
    )


async def by_ids(connection: AsyncConnection, tenant_id: str, start_ids: Collection[str]) -> Sequence[Any]:
    return (await connection.execute(columns(tenant_id).where(Start.id.in_(list(start_ids))))).all()


@dataclass(frozen=True)
class StartFilter:
    """The starts to read; None does not restrict."""

    customer_id: str | None = None
    status: Collection[str] | None = None


def matching(tenant_id: str, wanted: StartFilter) -> Select[Any]:
    """Returns the query for the starts of a tenant that match."""
    query = columns(tenant_id)
    if wanted.customer_id is not None:
        query = query.where(Start.customer_id == wanted.customer_id)
    if wanted.status is not None:
        query = query.where(Start.status.in_(list(wanted.status)))
    return query


async def page(connection: AsyncConnection, tenant_id: str, wanted: StartFilter, keyset: Keyset) -> Sequence[Any]:
    """Returns one page of the rows that match, newest first."""
    return await newest_first(connection, matching(tenant_id, wanted), Start.id, keyset)
