"""Facts: what happens inside transactions and only Gatehouse itself acts on. `app.service.consequence` says how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain.event import Fact
from app.domain.provider import ProviderName, VerificationSnapshot
from app.domain.reference import Reference
from app.service.trust.vault import DataKeyCipher


@dataclass(frozen=True)
class VerificationRead(Fact):
    """An ingestion has read the present state of a verification."""

    ingestion: Any
    seen: VerificationSnapshot
    cipher: DataKeyCipher


@dataclass(frozen=True)
class VerificationApproved(Fact):
    """A verification that was started here has been approved. `verification` is its row as it was before."""

    verification: Any


@dataclass(frozen=True)
class ResultsCompleted(Fact):
    """An ingestion has completed at least one process, from the verifications named by `references`."""

    customer_id: str
    provider: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class ScreeningWanted(Fact):
    """A person wants a customer screened anew, whatever is known. The customer is locked."""

    customer: Any


@dataclass(frozen=True)
class UploadRefused(Fact):
    """A document of a customer cannot be used."""

    tenant_id: str
    customer_id: str


@dataclass(frozen=True)
class UnknownReference(Fact):
    """A provider has reported something that is not known by its own id, and gave the external id it was made under."""

    provider: ProviderName
    external_id: str
    reference: str


@dataclass(frozen=True)
class ListReplaced(Fact):
    """A version of a watch list has come into use."""

    name: str
    version: str
