"""Identity fingerprints: keyed digests that reveal duplicate customers within a tenant without decrypting any data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.domain.kyc import KycData
from app.domain.overview import FingerprintKind, document_fingerprint, person_fingerprint
from app.domain.process import KycProcess
from app.model.fingerprint import IdentityFingerprint
from app.service.trust.vault import Vault
from app.store.db import Session

PURPOSE = "identity-mark"


async def remember(
    session: Session, vault: Vault, tenant_id: str, customer_id: str, found: Mapping[FingerprintKind, Collection[str | None]]
) -> None:
    """Stores the fingerprints of a customer. Keeps existing ones."""
    for kind, texts in found.items():
        for text in filter(None, texts):
            for digest in vault.digests(PURPOSE, f"{tenant_id}|{kind}|{text}".encode()):
                values = {"customer_id": customer_id, "tenant_id": tenant_id, "kind": kind, "digest": digest}
                await session.insert_new(IdentityFingerprint, **values)


def of_result(process: KycProcess, data: Mapping[str, Any]) -> dict[FingerprintKind, list[str | None]]:
    """Returns the fingerprint texts of a process result. `data` has its stored form."""
    if process is KycProcess.PROFILE:
        return {FingerprintKind.PERSON: [person_fingerprint(data.get("full_name"), data.get("birthdate"))]}
    if process is not KycProcess.IDENTITY:
        return {}
    document, person = data.get("document", {}), data.get("person", {})
    name = " ".join(filter(None, (person.get("given_name"), person.get("family_name"))))
    return {
        FingerprintKind.DOCUMENT: [document_fingerprint(document.get("country"), document.get("number"))],
        FingerprintKind.PERSON: [person_fingerprint(name, person.get("birthdate"))],
    }


def of_data(data: KycData) -> dict[FingerprintKind, list[str | None]]:
    """Returns the fingerprint texts of declared data."""
    name = " ".join(filter(None, (data.legal_first_name, data.legal_middle_name, data.legal_last_name)))
    born = data.date_of_birth.isoformat() if data.date_of_birth else None
    return {
        FingerprintKind.DOCUMENT: [document_fingerprint(found.issuing_country, found.number) for found in data.documents],
        FingerprintKind.PERSON: [person_fingerprint(name, born)],
    }


async def duplicates(connection: AsyncConnection, tenant_id: str, customer_ids: Collection[str]) -> dict[str, set[FingerprintKind]]:
    """Returns, by customer, the kinds of fingerprint that another customer of the tenant shares."""
    other = aliased(IdentityFingerprint)
    same = and_(
        other.tenant_id == IdentityFingerprint.tenant_id,
        other.kind == IdentityFingerprint.kind,
        other.digest == IdentityFingerprint.digest,
        other.customer_id != IdentityFingerprint.customer_id,
    )
    query = (
        select(IdentityFingerprint.customer_id, IdentityFingerprint.kind)
        .join(other, same)
        .where(IdentityFingerprint.tenant_id == tenant_id, IdentityFingerprint.customer_id.in_(list(customer_ids)))
        .distinct()
    )
    found: dict[str, set[FingerprintKind]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.customer_id, set()).add(FingerprintKind(row.kind))
    return found
