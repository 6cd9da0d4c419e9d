"""What a customer has declared, opened."""

from __future__ import annotations

from typing import Any

from app.domain.kyc import KycData, stored
from app.service.vault import DataKeyCipher

DATA = "customer.kyc_data"


def of(row: Any, cipher: DataKeyCipher) -> KycData:
    """What a customer has declared so far."""
    return stored(cipher.open_json(row.kyc_data, DATA)) if row.kyc_data is not None else KycData()
