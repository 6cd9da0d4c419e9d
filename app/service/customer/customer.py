"""Customers: created, read and listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids, sandbox
from app.domain.customer import AmlStatus, CustomerType, KycStatus, RiskLevel
from app.domain.event import EventType, NewEvent
from app.errors import UserFault
from app.model.customer import Customer
from app.model.data_key import DataKey
from app.service.dependencies import Dependencies
from app.service.trust import validation
from app.service.work import idempotency
from app.store.db import Session
from app.store.page import Keyset, newest_first

NAME_LIMIT = 200
PERSONAL = "customer.personal"
OPERATION = "createCustomer"


@dataclass(frozen=True, repr=False)
class NewCustomer:
    email: str
    first_name: str
    last_name: str | None = None
    external_id: str | None = None
    type: CustomerType = CustomerType.INDIVIDUAL
    idempotency_key: str | None = None


@dataclass(frozen=True)
class CustomerFilter:
    external_id: str | None = None
    kyc_status: Collection[KycStatus] | None = None
    aml_status: Collection[AmlStatus] | None = None
    created_after: dt.datetime | None = None
    created_before: dt.datetime | None = None


def check(new: NewCustomer) -> None:
    faults = [*validation.email(new.email, ["input", "email"])]
    faults += validation.text(new.first_name, ["input", "firstName"], limit=NAME_LIMIT)
    if new.last_name is not None:
        faults += validation.text(new.last_name, ["input", "lastName"], limit=NAME_LIMIT)
    if new.external_id is not None:
        faults += validation.text(new.external_id, ["input", "externalId"], limit=200)
    faults += validation.idempotency_key(new.idempotency_key)
    validation.refuse(faults)


async def create(deps: Dependencies, tenant_id: str, new: NewCustomer) -> str:
    """Creates a customer and returns its id. A known idempotency key returns the id from the first request. Raises UserFault."""
    check(new)
    given = {"email": new.email, "first": new.first_name, "last": new.last_name, "ext": new.external_id, "type": new.type}
    request = idempotency.Request(tenant_id, OPERATION, new.idempotency_key, idempotency.canonical(OPERATION, given))
    customer_id = ids.new("cus")

    async def make(session: Session) -> None:
        await _insert(deps, session, tenant_id, customer_id, new)

    return await idempotency.once(deps, request, customer_id, make)


async def _insert(deps: Dependencies, session: Session, tenant_id: str, customer_id: str, new: NewCustomer) -> None:
    at = deps.clock.now()
    wrapped, cipher = deps.vault.new_key(tenant_id, customer_id)
    personal = {"email": new.email.strip(), "firstName": new.first_name.strip(), "lastName": _stripped(new.last_name)}
    try:
        await session.execute(
            insert(Customer).values(
                id=customer_id,
                tenant_id=tenant_id,
                external_id=new.external_id,
                type=new.type,
                kyc_status=KycStatus.NOT_STARTED,
                aml_status=AmlStatus.NOT_SCREENED,
                risk_level=RiskLevel.UNKNOWN,
                tags=[],
                personal=cipher.seal_json(personal, PERSONAL),
                sandbox=sandbox.behaviour(new.email) if deps.decision_seconds is not None else None,
                status_since=at,
                created_at=at,
                updated_at=at,
            )
        )
    except IntegrityError:
        raise UserFault(
            "EXTERNAL_ID_TAKEN",
            "Another customer has this external id.",
            ["input", "externalId"],
            "Use customer(externalId:) to find it.",
        ) from None
    await session.execute(insert(DataKey).values(customer_id=customer_id, tenant_id=tenant_id, wrapped=wrapped, created_at=at))
    session.record(NewEvent(EventType.CUSTOMER_CREATED, tenant_id, customer_id=customer_id, data={"customerId": customer_id}))


def _stripped(text: str | None) -> str | None:
    return text.strip() if text is not None else None


def columns(tenant_id: str) -> Select[Any]:
    """Returns the query for all columns of a tenant's customers."""
    return select(Customer.__table__).where(Customer.tenant_id == tenant_id)


def matching(tenant_id: str, wanted: CustomerFilter) -> Select[Any]:
    query = columns(tenant_id)
    if wanted.external_id is not None:
        query = query.where(Customer.external_id == wanted.external_id)
    if wanted.kyc_status is not None:
        query = query.where(Customer.kyc_status.in_(list(wanted.kyc_status)))
    if wanted.aml_status is not None:
        query = query.where(Customer.aml_status.in_(list(wanted.aml_status)))
    if wanted.created_after is not None:
        query = query.where(Customer.created_at > wanted.created_after)
    if wanted.created_before is not None:
        query = query.where(Customer.created_at < wanted.created_before)
    return query


async def by_ids(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> Sequence[Any]:
    found = await connection.execute(columns(tenant_id).where(Customer.id.in_(list(customer_ids))))
    return found.all()


async def by_external_id(connection: AsyncConnection, tenant_id: str, external_id: str) -> Any | None:
    return (await connection.execute(columns(tenant_id).where(Customer.external_id == external_id))).first()


async def page(connection: AsyncConnection, tenant_id: str, wanted: CustomerFilter, keyset: Keyset) -> Sequence[Any]:
    """Returns one page of the rows that match, newest first."""
    return await newest_first(connection, matching(tenant_id, wanted), Customer.id, keyset)
