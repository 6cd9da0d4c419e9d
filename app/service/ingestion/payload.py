"""Provider responses, stored unchanged and sealed, so results can be extracted from them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import delete, insert

from app.domain import ids
from app.domain.provider import Snapshot
from app.model.payload import Payload
from app.service.trust.vault import DataKeyCipher
from app.store.db import Session

BODY = "payload.body"
# Stored with the responses of an ingestion: its verifications and the processes expected of each.
REFERENCES = "references"


@dataclass(frozen=True)
class Owner:
    """The owner of responses: an ingestion or a verification, by its id."""

    tenant_id: str
    customer_id: str
    provider: str
    ingestion_id: str | None = None
    verification_id: str | None = None


async def of_ingestion(session: Session, row: Any, snapshot: Snapshot, cipher: DataKeyCipher) -> None:
    """Stores the responses that an ingestion fetched. Replaces those of an earlier fetch."""
    owner = Owner(row.tenant_id, row.customer_id, row.provider, ingestion_id=row.id)
    references = orjson.dumps([reference.plain() for reference in snapshot.references])
    await session.execute(delete(Payload).where(Payload.ingestion_id == row.id))
    await _insert(session, owner, {REFERENCES: references, **snapshot.payloads}, snapshot, cipher)


async def of_verification(session: Session, owner: Owner, snapshot: Snapshot, cipher: DataKeyCipher) -> None:
    """Stores the responses behind a verification's current state. Replaces earlier ones."""
    await session.execute(delete(Payload).where(Payload.verification_id == owner.verification_id))
    await _insert(session, owner, snapshot.payloads, snapshot, cipher)


async def _insert(session: Session, owner: Owner, answers: Mapping[str, bytes], snapshot: Snapshot, cipher: DataKeyCipher) -> None:
    rows = [
        {
            "id": ids.new("pay"),
            "tenant_id": owner.tenant_id,
            "customer_id": owner.customer_id,
            "ingestion_id": owner.ingestion_id,
            "verification_id": owner.verification_id,
            "provider": owner.provider,
            "kind": kind,
            "body": cipher.seal(body, BODY),
            "fetched_at": snapshot.fetched_at,
        }
        for kind, body in answers.items()
    ]
    if rows:
        await session.execute(insert(Payload), rows)
