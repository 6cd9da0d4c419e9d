"""Credentials: issued, listed, revoked and authenticated. A token is `gh_<mode>_<id>_<secret><check>`; its secret is 256 bits.

Random secrets need no slow hash: a SHA-256 digest is stored, compared in constant time. The last six characters are a
checksum (CRC-32), so secret scanners can recognise a token and typing mistakes are rejected without a database query.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import zlib
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids
from app.domain.credential import ROLES_OF_KIND, SCOPES, CredentialKind, Principal, Right, Role
from app.errors import Unauthenticated, UserFault
from app.model.credential import Credential
from app.model.tenant import Tenant
from app.store.db import Session

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
REFUSAL = "The credential is missing, malformed, expired or revoked. Send `Authorization: Bearer <credential>`."


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits


def _check(text: str) -> str:
    return _base36(zlib.crc32(text.encode()), 7)


async def ensure_tenant(session: Session, tenant: str, *, at: dt.datetime) -> str:
    """Returns the id of the tenant named `tenant`. Creates the tenant if it does not exist."""
    found = (await session.execute(select(Tenant.id).where(Tenant.name == tenant))).scalar()
    if found:
        return str(found)
    tenant_id = ids.new("ten")
    await session.execute(insert(Tenant).values(id=tenant_id, name=tenant, event_seq=0, epoch=1, created_at=at))
    return tenant_id


async def issue(
    session: Session,
    *,
    tenant_id: str,
    kind: CredentialKind,
    role: Role,
    name: str,
    scopes: Collection[Right],
    live: bool,
    at: dt.datetime,
    expires_at: dt.datetime | None = None,
    customer_id: str | None = None,
) -> str:
    """Creates a credential. Returns its token, which is shown only once and never stored. Raises UserFault."""
    if (kind is CredentialKind.CUSTOMER) != (customer_id is not None):
        raise UserFault("KIND_NOT_ALLOWED", "A customer's token is made for one customer, by createCustomerToken alone.")
    if role not in ROLES_OF_KIND[kind]:
        allowed = ", ".join(sorted(ROLES_OF_KIND[kind]))
        raise UserFault("ROLE_NOT_ALLOWED", f"A credential of kind {kind} cannot have the role {role}; use {allowed}.")
    if not set(scopes) <= SCOPES or (scopes and kind is not CredentialKind.API_KEY):
        raise UserFault("SCOPE_NOT_ALLOWED", f"Only API keys take scopes, and only these: {', '.join(sorted(SCOPES))}.")
    credential_id = ids.new("crd")
    secret = _base36(secrets.randbits(256), 50)
    body = f"gh_{'live' if live else 'test'}_{credential_id.split('_')[1]}_{secret}"
    await session.execute(
        insert(Credential).values(
            id=credential_id,
            tenant_id=tenant_id,
            customer_id=customer_id,
            kind=kind,
            role=role,
            name=name,
            scopes=sorted(scopes),
            digest=hashlib.sha256(secret.encode()).digest(),
            created_at=at,
            expires_at=expires_at,
        )
    )
    return body + _check(body)


def parse(token: str) -> tuple[str, str] | None:
    """Returns `(credential id, secret)` of a well-formed token, or None. Does not check that the credential is valid."""
    parts = token[:-7].split("_")
    if not token.isascii() or len(parts) != 4 or parts[0] != "gh" or not hmac.compare_digest(_check(token[:-7]), token[-7:]):
        return None
    return f"crd_{parts[2]}", parts[3]


async def prove(connection: AsyncConnection, token: str, *, at: dt.datetime) -> Principal:
    """Returns the principal that a token authenticates. Raises Unauthenticated with the same message for every reason."""
    parsed = parse(token)
    if parsed is None:
        raise Unauthenticated(REFUSAL)
    row = (await connection.execute(select(Credential.__table__).where(Credential.id == parsed[0]))).first()
    if row is None or not hmac.compare_digest(hashlib.sha256(parsed[1].encode()).digest(), row.digest) or not good(row, at):
        raise Unauthenticated(REFUSAL)
    return Principal(
        row.id,
        row.tenant_id,
        CredentialKind(row.kind),
        Role(row.role),
        row.name,
        frozenset(Right(scope) for scope in row.scopes),
        row.expires_at,
        row.customer_id,
    )


def good(row: Any, at: dt.datetime) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > at)


async def still_good(connection: AsyncConnection, credential_ids: Collection[str], *, at: dt.datetime) -> set[str]:
    """Returns the ids of the credentials that are neither expired nor revoked, in one query."""
    found = await connection.execute(
        select(Credential.id, Credential.revoked_at, Credential.expires_at).where(Credential.id.in_(list(credential_ids)))
    )
    return {row.id for row in found if good(row, at)}


async def listing(connection: AsyncConnection) -> Sequence[Any]:
    """Returns all credentials except customer tokens, with the name of their tenant, oldest first."""
    query = select(Credential.__table__, Tenant.name.label("tenant")).join(Tenant).where(Credential.customer_id.is_(None))
    query = query.order_by(Credential.id)
    return (await connection.execute(query)).all()


async def revoke(session: Session, credential_id: str, *, at: dt.datetime) -> bool:
    """Revokes a credential. Returns False if it does not exist or was already revoked."""
    changed = await session.execute(
        update(Credential).where(Credential.id == credential_id, Credential.revoked_at.is_(None)).values(revoked_at=at)
    )
    return changed.rowcount == 1


async def keep_newest(session: Session, customer_id: str, most: int) -> None:
    """Deletes all but the newest `most` tokens of a customer."""
    kept = select(Credential.id).where(Credential.customer_id == customer_id).order_by(Credential.id.desc()).limit(most)
    await session.execute(delete(Credential).where(Credential.customer_id == customer_id, Credential.id.not_in(kept)))


async def forget_ended(session: Session, *, at: dt.datetime) -> int:
    """Deletes expired customer tokens and returns their number."""
    gone = await session.execute(delete(Credential).where(Credential.customer_id.is_not(None), Credential.expires_at < at))
    return gone.rowcount
