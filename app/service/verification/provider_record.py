"""Provider records, read at the provider and returned unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from app.domain.provider import Provider, ProviderName, VendorRecord
from app.domain.reference import Reference
from app.errors import BadRequest, VendorFault


async def read(
    providers: Mapping[ProviderName, Provider], name: ProviderName, reference: Reference, record: VendorRecord
) -> Any:  # JSON of any shape, as the provider sends it
    """Returns a record as JSON, or None if the provider has none. Raises BadRequest if it cannot be read."""
    provider = providers.get(name)
    if provider is None or record not in provider.capabilities.records:
        raise BadRequest(f"{name.capitalize()} has no record {record}, or is not configured here.")
    try:
        return orjson.loads(await provider.read_record(reference, record))
    except VendorFault as fault:
        if getattr(fault, "status", 0) == 404:
            return None
        raise BadRequest(provider.explain(fault).message) from None
