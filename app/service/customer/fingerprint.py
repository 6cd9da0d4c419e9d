"""By what customers are recognised among a firm's: noted as keyed digests, compared without anything being opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.domain.kyc import KycData
from app.domain.overview import MarkKind, document_mark, person_mark
from app.domain.process import KycProcess
from app.model.fingerprint import IdentityMark
from app.service.trust.vault import Vault
from app.store.db import Session

PURPOSE = "identity-mark"


async def remember(
    session: Session, vault: Vault, tenant_id: str, customer_id: str, found: Mapping[MarkKind, Collection[str | None]]
) -> None:
    """Notes by what a customer is recognised; what is noted already stays."""
    for kind, texts in found.items():
        for text in filter(None, texts):
            for digest in vault.digests(PURPOSE, f"{tenant_id}|{kind}|{text}".encode()):
                values = {"customer_id": customer_id, "tenant_id": tenant_id, "kind": kind, "digest": digest}
                await session.insert_new(IdentityMark, **values)


def of_result(process: KycProcess, data: Mapping[str, Any]) -> dict[MarkKind, list[str | None]]:
    """By what a result recognises a person; `data` as it is stored."""
    if process is KycProcess.PROFILE:
        return {MarkKind.PERSON: [person_mark(data.get("full_name"), data.get("birthdate"))]}
    if process is not KycProcess.IDENTITY:
        return {}
    document, person = data.get("document", {}), data.get("person", {})
    name = " ".join(filter(None, (person.get("given_name"), person.get("family_name"))))
    return {
        MarkKind.DOCUMENT: [document_mark(document.get("country"), document.get("number"))],
        MarkKind.PERSON: [person_mark(name, person.get("birthdate"))],
    }


def of_data(data: KycData) -> dict[MarkKind, list[str | None]]:
    """By what declared data recognise a person."""
    name = " ".join(filter(None, (data.legal_first_name, data.legal_middle_name, data.legal_last_name)))
    born = data.date_of_birth.isoformat() if data.date_of_birth else None
    return {
        MarkKind.DOCUMENT: [document_mark(found.issuing_country, found.number) for found in data.documents],
        MarkKind.PERSON: [person_mark(name, born)],
    }


async def twins(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> dict[str, set[MarkKind]]:
    """Which customers are recognised by what other customers of the firm are recognised by, too."""
    other = aliased(IdentityMark)
    same = and_(
        other.tenant_id == IdentityMark.tenant_id,
        other.kind == IdentityMark.kind,
        other.digest == IdentityMark.digest,
        other.customer_id != IdentityMark.customer_id,
    )
    query = (
        select(IdentityMark.customer_id, IdentityMark.kind)
        .join(other, same)
        .where(IdentityMark.tenant_id == tenant_id, IdentityMark.customer_id.in_(list(customer_ids)))
        .distinct()
    )
    found: dict[str, set[MarkKind]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.customer_id, set()).add(MarkKind(row.kind))
    return found
