"""What Gatehouse asks of a verification vendor. One adapter per vendor implements `Provider`; nothing else knows its wire."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.domain.ingestion import SourceKind
from app.domain.process import KycProcess
from app.domain.process.outcome import MediaReference, Outcome
from app.errors import ProcessFault, VendorFault


class ProviderName(StrEnum):
    SUMSUB = "SUMSUB"
    VERIFF = "VERIFF"


class CallKind(StrEnum):
    """What a vendor counts calls by."""

    READ = "read"
    WRITE = "write"


class CallBudget(Protocol):
    """The shared allowance of calls to one vendor account."""

    async def take(self, kind: CallKind) -> None:
        """Returns when one more call may be made."""
        ...

    async def block(self, kind: CallKind, seconds: float) -> None:
        """The vendor said "too many": nobody calls for that long."""
        ...


@dataclass(frozen=True)
class Capabilities:
    """What a configured provider can do, as the API tells it."""

    name: ProviderName
    processes: tuple[KycProcess, ...]
    sources: tuple[SourceKind, ...]


@dataclass(frozen=True)
class Snapshot:
    """A vendor's answers about one verification, raw, by the name of the call. Results follow from it alone."""

    reference: str
    payloads: Mapping[str, bytes] = field(repr=False)
    fetched_at: dt.datetime


@dataclass(frozen=True)
class Download:
    """The bytes of one file as they come in. Their type is told from the content, not from what a vendor declares."""

    chunks: AsyncIterator[bytes]


class Provider(Protocol):
    capabilities: Capabilities

    async def find(self, external_id: str) -> str | None:
        """The vendor's id of what was made under our external id; None where the vendor surely has nothing."""
        ...

    async def redeem(self, token: str, external_id: str) -> str:
        """Spends a single-use share token and answers the vendor's id of what came of it."""
        ...

    async def fetch(self, reference: str, *, imported: bool) -> Snapshot:
        """The present state of an approved verification.

        Raises NotReady while an imported one is still being decided, ProcessFault where it is not approved.
        """
        ...

    def extract(self, process: KycProcess, snapshot: Snapshot) -> Outcome:
        """One process's data from a snapshot, without any I/O. Raises ProcessFault."""
        ...

    def download(self, snapshot: Snapshot, media: MediaReference) -> AbstractAsyncContextManager[Download]:
        """Opens one file of the verification for streaming."""
        ...

    def explain(self, fault: VendorFault) -> ProcessFault:
        """A vendor's refusal in our codes, with a message and a hint a person can act on."""
        ...
