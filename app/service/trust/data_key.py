"""Data keys: each customer's personal data is encrypted with its own key."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.model.data_key import DataKey
from app.service.trust.vault import DataKeyCipher, Vault
from app.store.db import Session


async def ciphers(
    connection: AsyncConnection | Session, vault: Vault, tenant_id: str, customer_ids: Collection[str]
) -> dict[str, DataKeyCipher]:
    """Returns the ciphers of customers by id. An erased customer has none."""
    found = await connection.execute(
        select(DataKey.customer_id, DataKey.wrapped).where(
            DataKey.tenant_id == tenant_id,
            DataKey.customer_id.in_(list(customer_ids)),
        )
    )
    return {row.customer_id: vault.cipher(row.wrapped, tenant_id, row.customer_id) for row in found}
