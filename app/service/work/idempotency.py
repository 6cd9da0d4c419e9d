"""Idempotency keys: the same key with the same input gives the first answer again, and does nothing twice.

A key belongs to one tenant and one mutation. It is written in the transaction of the effect, so a refusal does not use
it up and a crash leaves either both or neither.
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
# A start costs money: its key is never forgotten.
FOR_EVER = "startVerification"


class _KeyTaken(Exception):
    """Another request with the same key committed first: look it up again."""


@dataclass(frozen=True)
class Request:
    """One mutation as it was asked for. `value` is its input in canonical form; `key` is None where the caller gave none."""

    tenant_id: str
    operation: str
    key: str | None
    value: bytes = field(repr=False)


def canonical(operation: str, value: dict[str, Any]) -> bytes:
    return orjson.dumps([operation, value], option=orjson.OPT_SORT_KEYS)


async def once(deps: Dependencies, request: Request, subject_id: str, make: Callable[[Session], Awaitable[None]]) -> str:
    """Runs `make` in a transaction, which makes what is called `subject_id`, and answers that id.

    With a key that was used before, nothing is made and the id of what was made then is the answer. Raises
    IDEMPOTENCY_KEY_REUSED where the key came with another input.
    """
    while True:
        try:
            async with transaction(deps.database) as session:
                if request.key is not None:
                    known = await _find(session, deps, request)
                    if known:
                        return known
                    # Before the effect: of two at once, the second must fail here and not at a rule of the effect.
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
    """Deletes keys past their life, except those of starts, and says how many."""
    old = (IdempotencyKey.created_at < at - LIFE) & (IdempotencyKey.operation != FOR_EVER)
    gone = await session.execute(delete(IdempotencyKey).where(old))
    return gone.rowcount
