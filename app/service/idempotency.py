"""Idempotency keys: the same key with the same input gives the first answer again, and does nothing twice.

A key belongs to one tenant and one mutation. It is written in the transaction of the effect, so a refusal does not use
it up and a crash leaves either both or neither.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import Session
from app.errors import UserFault
from app.model.idempotency import IdempotencyKey
from app.service.vault import Vault

KEY_LIMIT = 255
LIFE = dt.timedelta(days=30)


class KeyTaken(Exception):
    """Another request with the same key committed first: look it up again."""


def canonical(operation: str, value: dict[str, Any]) -> bytes:
    return orjson.dumps([operation, value], option=orjson.OPT_SORT_KEYS)


async def find(
    connection: AsyncConnection | Session, vault: Vault, tenant_id: str, operation: str, key: str, value: bytes
) -> str | None:
    """The id of what this key made before. Raises IDEMPOTENCY_KEY_REUSED where it came with another input."""
    found = await connection.execute(
        select(IdempotencyKey.input_digest, IdempotencyKey.subject_id).where(
            IdempotencyKey.tenant_id == tenant_id, IdempotencyKey.operation == operation, IdempotencyKey.key == key
        )
    )
    row = found.first()
    if row is None:
        return None
    if not vault.matches("idempotency", value, row.input_digest):
        raise UserFault(
            "IDEMPOTENCY_KEY_REUSED",
            "This idempotency key was used before with another input.",
            ["input", "idempotencyKey"],
            "Use a new key for a new request, or repeat the request exactly.",
        )
    return str(row.subject_id)


async def keep(
    session: Session,
    vault: Vault,
    tenant_id: str,
    operation: str,
    key: str,
    value: bytes,
    *,
    subject_id: str,
    at: dt.datetime,
) -> None:
    """Ties the key to what was made. Raises KeyTaken where another request was faster."""
    try:
        await session.execute(
            insert(IdempotencyKey).values(
                tenant_id=tenant_id,
                operation=operation,
                key=key,
                input_digest=vault.digest("idempotency", value),
                subject_id=subject_id,
                created_at=at,
            )
        )
    except IntegrityError:
        raise KeyTaken from None


async def forget_old(session: Session, *, at: dt.datetime) -> int:
    """Deletes keys past their life and says how many."""
    gone = await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < at - LIFE))
    return gone.rowcount
