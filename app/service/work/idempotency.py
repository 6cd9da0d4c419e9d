"""Idempotency keys: the same key with the same input returns the first result again and repeats nothing.

A key belongs to one tenant and one mutation. It is written in the transaction of the effect, so a refusal does not
consume it and a crash leaves either both or neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.errors import UserFault
from app.model.idempotency import IdempotencyKey
from app.service.dependencies import Dependencies
from app.store.db import Session, transaction

LIFE = dt.timedelta(days=30)
# A start costs money, so its key is never deleted.
FOR_EVER = "startVerification"


class _KeyTaken(Exception):
    """A conflict: another request with the same key committed first, so the key must be read again."""


@dataclass(frozen=True)
class Request:
    """One requested mutation. `value` is its input in canonical form. `key` is None if the caller gave none."""

    tenant_id: str
    operation: str
    key: str | None
    value: bytes = field(repr=False)


def canonical(operation: str, value: dict[str, Any]) -> bytes:
    return orjson.dumps([operation, value], option=orjson.OPT_SORT_KEYS)


async def once(deps: Dependencies, request: Request, subject_id: str, make: Callable[[Session], Awaitable[None]]) -> str:
    """Runs `make`, which creates the object with the id `subject_id`, in a transaction. Returns that id.

    With a key that was used before, creates nothing and returns the id from the first request. Raises
    IDEMPOTENCY_KEY_REUSED if the key was used with a different input.
    """
    while True:
        try:
            async with transaction(deps.database) as session:
                if request.key is not None:
                    known = await _find(session, deps, request)
                    if known:
                        return known
                    # Stored before the effect: of two concurrent requests, the second must fail here and not in the effect.
                    await _keep(session, deps, request, subject_id)
                await make(session)
                return subject_id
        except _KeyTaken:
            continue


async def _find(session: Session, deps: Dependencies, request: Request) -> str | None:
    found = await session.execute(
        select(IdempotencyKey.input_digest, IdempotencyKey.subject_id).where(
            IdempotencyKey.tenant_id == request.tenant_id,
            IdempotencyKey.operation == request.operation,
            IdempotencyKey.key == request.key,
        )
    )
    row = found.first()
    if row is None:
        return None
    if not deps.vault.matches("idempotency", request.value, row.input_digest):
        raise UserFault(
            "IDEMPOTENCY_KEY_REUSED",
            "This idempotency key was used before with another input.",
            ["input", "idempotencyKey"],
            "Use a new key for a new request, or repeat the request exactly.",
        )
    return str(row.subject_id)


async def _keep(session: Session, deps: Dependencies, request: Request, subject_id: str) -> None:
    try:
        await session.execute(
            insert(IdempotencyKey).values(
                tenant_id=request.tenant_id,
                operation=request.operation,
                key=request.key,
                input_digest=deps.vault.digest("idempotency", request.value),
                subject_id=subject_id,
                created_at=deps.clock.now(),
            )
        )
    except IntegrityError:
        raise _KeyTaken from None


async def forget_old(session: Session, *, at: dt.datetime) -> int:
    """Deletes keys older than 30 days, except those of starts, and returns their number."""
    old = (IdempotencyKey.created_at < at - LIFE) & (IdempotencyKey.operation != FOR_EVER)
    gone = await session.execute(delete(IdempotencyKey).where(old))
    return gone.rowcount
