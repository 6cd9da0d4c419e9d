"""Starts: asked for by a person, charged once. `approval` has the second person, `attempt` the call to the vendor."""

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
# How long the caller waits for the vendor's answer; the start goes on without.
WAIT_SECONDS, POLL_SECONDS = 10.0, 0.05


@dataclass(frozen=True)
class Wanted:
    """A start as a person asks for it: `actor` is the credential's name, for the record."""

    tenant_id: str
    customer_id: str
    risk: RiskAnswers
    actor: str = field(repr=False)
    credential_id: str
    idempotency_key: str
    provider: ProviderName | None = None
    level: str | None = None


def check(deps: Dependencies, wanted: Wanted, offered: Mapping[ProviderName, Capabilities]) -> Capabilities:
    """The vendor that is to make it. Raises all the faults of the input together."""
    risk, place = wanted.risk, ["input", "risk"]
    faults = [*validation.text(wanted.idempotency_key, ["input", "idempotencyKey"], limit=255)]
    if risk.comment is not None:
        faults += validation.text(risk.comment, [*place, "comment"], limit=COMMENT_LIMIT)
    if risk.designated_service not in deps.starts.services:
        hint = f"The firm's services are: {', '.join(deps.starts.services)}."
        message = "This is none of the firm's designated services."
        faults.append(UserFault("UNKNOWN_SERVICE", message, [*place, "designatedService"], hint))
    # Of several vendors the first one configured, in the order of the enum.
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
    """Writes a start down, with its charge where no second person is needed, and answers its id. Nothing is sent yet."""
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
    """The code and message of why no verification may be started for a customer now; None where one may."""
    if person.deactivated_at is not None:
        return "CUSTOMER_DEACTIVATED", "The customer is deactivated."
    return lifecycle.may_start(KycStatus(person.kyc_status), gone=await is_missing_at_provider(session, person))


async def is_missing_at_provider(session: Session, person: Any) -> bool:
    """Whether the vendor no longer has the verification that is under way."""
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
    """The keys by which a vendor with several of them makes a verification: the plain ones, else the ones that give most."""
    several = capabilities.integrations
    if not several:
        return None, capabilities.processes
    name = DEFAULT_INTEGRATION if DEFAULT_INTEGRATION in several else max(several, key=lambda key: len(several[key]))
    return name, several[name]


async def authorise(deps: Dependencies, session: Session, row: Any, *, spent_by: str, approved_by: str | None = None) -> None:
    """Writes the charge and lets the start be made: the one place where money is spent."""
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
    """So many charges on one day, counted under the tenant's lock: of many at once none slips through."""
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
    """The row, locked. Raises NOT_FOUND."""
    query = select(Start.__table__).where(Start.id == start_id, Start.tenant_id == tenant_id)
    row = (await session.execute(query.with_for_update(key_share=True))).first()
    if row is None:
        raise UserFault("NOT_FOUND", "There is no such start.", ["input", "startId"], "`verificationStarts` lists them.")
    return row


async def resume(session: Session, row: Any, **values: Any) -> None:
    """A start that nobody was sure of is taken up again; its charge is the one it has."""
    due = {"due_at": now(), "wake_at": now(WAKE_AGAIN_SECONDS)}
    await start_model.move(session, row, to=StartStatus.AUTHORISED, fence=row.fence, **due, **values)
    session.wake(START_VERIFICATION, row.id)


async def resume_in_doubt(session: Session, provider: ProviderName, *, external_id: str, reference: str) -> None:
    """The vendor rang about something that was made for a start: whoever was not sure knows it now."""
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
    """A start is over: what the charge becomes follows, and it is told."""
    at = deps.clock.now()
    await start_model.move(session, row, to=to, fence=fence, ended_at=at, **values)
    charge = ChargeStatus.CONFIRMED if to is StartStatus.STARTED else ChargeStatus.RELEASED
    await charge_model.end(session, row.id, to=charge, at=at)
    problem = values.get("problem")
    data = {"status": to, "errorCode": problem["code"] if problem else None}
    _tell(session, row.tenant_id, row.customer_id, EventType.START_ENDED, row.id, **data)


async def settled(deps: Dependencies, tenant_id: str, start_id: str) -> None:
    """Waits a while until the vendor has answered about a start."""
    for _ in range(round(WAIT_SECONDS / POLL_SECONDS)):
        async with deps.database.reading() as connection:
            found = await by_ids(connection, tenant_id, [start_id])
        if not found or found[0].status != StartStatus.AUTHORISED:
            return
        await asyncio.sleep(POLL_SECONDS)


def columns(tenant_id: str) -> Select[Any]:
    """The query for a tenant's starts, each with its charge."""
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
