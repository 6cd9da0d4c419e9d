"""Customer access: the link to the hosted page, the short-lived token behind it, and the redirect to the provider's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from app.domain.action import ActionKind, Link, Subject
from app.domain.credential import CredentialKind, Role
from app.domain.customer import KycStatus
from app.domain.event import EventType, NewEvent
from app.domain.lifecycle import MAY_OPEN
from app.domain.provider import Provider, ProviderName
from app.errors import UserFault, VendorFault
from app.model.customer import Customer
from app.model.verification import Verification
from app.service.customer import customer
from app.service.dependencies import Dependencies
from app.service.trust import credential, data_key
from app.service.trust.vault import DataKeyCipher
from app.service.verification import verification
from app.store.db import Session, transaction

PURPOSE = "verify"
# A link stays the same for a month, so that it does not change from day to day, and is valid for one more month.
MONTH = 30 * 86_400
TOKEN_SECONDS, TOKEN_MOST = 3600, 86_400
# The most valid tokens of one customer. A new one beyond that deletes the oldest.
TOKENS_MOST = 20
LINK_SECONDS = 86_400


def link(deps: Dependencies, tenant_id: str, customer_id: str) -> str:
    """Returns the signed last part of the URL of a customer's hosted page."""
    month = int(deps.clock.now().timestamp()) // MONTH
    return deps.vault.sign(PURPOSE, [tenant_id, customer_id, (month + 2) * MONTH])


@dataclass(frozen=True)
class CustomerToken:
    """A token for a customer's browser or phone, with its expiry."""

    customer_id: str
    token: str = field(repr=False)
    expires_at: dt.datetime


async def exchange(deps: Dependencies, text: str) -> CustomerToken | None:
    """Returns a token in exchange for a link, or None if the link is invalid or expired, or the customer deleted or deactivated."""
    content = deps.vault.verify(PURPOSE, text)
    if not isinstance(content, list) or content[2] < deps.clock.now().timestamp():
        return None
    tenant_id, customer_id, _ = content
    try:
        return await token(deps, tenant_id, customer_id, seconds=TOKEN_SECONDS)
    except UserFault:
        return None


async def token(deps: Dependencies, tenant_id: str, customer_id: str, *, seconds: int) -> CustomerToken:
    """Returns a new token that gives access to one customer's own data for `seconds`, 60 to 86,400. Raises UserFault."""
    at = deps.clock.now()
    if not 60 <= seconds <= TOKEN_MOST:
        raise UserFault("OUT_OF_RANGE", f"Between 60 and {TOKEN_MOST} seconds are allowed.", ["input", "expiresInSeconds"])
    async with transaction(deps.database) as session:
        query = select(Customer.deactivated_at).where(Customer.id == customer_id, Customer.tenant_id == tenant_id)
        row = (await session.execute(query)).first()
        if row is None:
            raise UserFault("NOT_FOUND", "There is no such customer.", ["input", "customerId"], "Check the id.")
        if row.deactivated_at is not None:
            raise UserFault("CUSTOMER_DEACTIVATED", "The customer is deactivated.", ["input", "customerId"])
        await credential.keep_newest(session, customer_id, TOKENS_MOST - 1)
        made = await credential.issue(
            session,
            tenant_id=tenant_id,
            kind=CredentialKind.CUSTOMER,
            role=Role.CUSTOMER,
            name="customer",
            scopes=(),
            live=False,
            at=at,
            expires_at=at + dt.timedelta(seconds=seconds),
            customer_id=customer_id,
        )
    return CustomerToken(customer_id, made, at + dt.timedelta(seconds=seconds))


async def resume(deps: Dependencies, providers: Mapping[ProviderName, Provider], tenant_id: str, customer_id: str) -> str:
    """Returns the URL of the provider's page and moves the customer from PENDING to IN_PROGRESS. Raises UserFault."""
    place = ["input", "customerId"]
    async with deps.database.reading() as connection:
        people = await customer.by_ids(connection, tenant_id, [customer_id])
        if not people:
            raise UserFault("NOT_FOUND", "There is no such customer.", place, "Check the id.")
        if KycStatus(people[0].kyc_status) not in MAY_OPEN:
            message = "There is no verification to go on with at this moment."
            raise UserFault("NOTHING_TO_OPEN", message, place, f"kycStatus is {people[0].kyc_status}.")
        (row,) = await verification.newest(connection, tenant_id, [customer_id])
        if row.missing_since is not None:
            raise UserFault("NO_LINK", "The vendor no longer has this verification.", place, "Ask the firm to start another one.")
        cipher = (await data_key.ciphers(connection, deps.vault, tenant_id, [customer_id]))[customer_id]
    url = await _page(deps, providers, row, cipher)
    async with transaction(deps.database) as session:
        data = {"customerId": customer_id, "verificationId": row.id}
        session.record(NewEvent(EventType.VERIFICATION_OPENED, tenant_id, customer_id=customer_id, data=data))
        await verification.opened(deps, session, tenant_id, customer_id)
    return url


async def _page(deps: Dependencies, providers: Mapping[ProviderName, Provider], row: Any, cipher: DataKeyCipher) -> str:
    """Returns the stored link, or a new one if the provider can create links. Raises UserFault if there is none."""
    known = verification.link(deps, row, cipher)
    if known is not None:
        return known
    provider = providers.get(ProviderName(row.provider))
    if provider is None or ActionKind.LINK not in provider.capabilities.actions:
        raise UserFault("NO_LINK", "The vendor's page for this verification has ended.", None, "Ask the firm to start another one.")
    subject = Subject(row.reference, row.external_id, row.integration, row.level, row.attempt)
    try:
        answer = await provider.act(subject, Link(LINK_SECONDS))
    except VendorFault as fault:
        explained = provider.explain(fault)
        raise UserFault("PROVIDER_UNAVAILABLE", explained.message, None, "Try again in a few minutes.") from None
    url, at = str(answer.secret), deps.clock.now()
    async with transaction(deps.database) as session:
        await _keep(session, row, cipher.seal(url.encode(), verification.LINK), at + dt.timedelta(seconds=LINK_SECONDS))
    return url


async def _keep(session: Session, row: Any, sealed: bytes, expires_at: dt.datetime) -> None:
    await session.execute(update(Verification).where(Verification.id == row.id).values(link=sealed, link_expires_at=expires_at))
