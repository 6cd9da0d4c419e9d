"""Facts: internal events that are never published. `app.service.consequence` lists their handlers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain.event import Fact
from app.domain.provider import ProviderName, VerificationSnapshot
from app.domain.reference import Reference
from app.service.trust.vault import DataKeyCipher


@dataclass(frozen=True)
class VerificationRead(Fact):
    """The completed read of a verification's current state by an ingestion."""

    ingestion: Any
    seen: VerificationSnapshot
    cipher: DataKeyCipher


@dataclass(frozen=True)
class VerificationApproved(Fact):
    """The approval of a verification that Gatehouse started. `verification` is its row before the approval."""

    verification: Any


@dataclass(frozen=True)
class ResultsCompleted(Fact):
    """The completion of at least one process of an ingestion, from the verifications in `references`."""

    customer_id: str
    provider: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class ScreeningWanted(Fact):
    """A request to screen a customer again, regardless of earlier results. The customer row is locked."""

    customer: Any


@dataclass(frozen=True)
class UploadRefused(Fact):
    """The refusal of a customer's document that cannot be used."""

    tenant_id: str
    customer_id: str


@dataclass(frozen=True)
class UnknownReference(Fact):
    """A provider's report about an unknown id, with the external id under which the provider created it."""

    provider: ProviderName
    external_id: str
    reference: str


@dataclass(frozen=True)
class ListReplaced(Fact):
    """The activation of a new version of a watch list."""

    name: str
    version: str
