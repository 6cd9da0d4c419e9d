"""The interface of a verification provider. One adapter per vendor implements `Provider`; nothing else knows its wire."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.domain.action import Action, ActionAnswer, ActionKind, Subject
from app.domain.drift import Unknown
from app.domain.examination import Finding
from app.domain.inbound import Notice
from app.domain.ingestion import SourceKind
from app.domain.process import KycProcess
from app.domain.process.outcome import MediaReference, Outcome
from app.domain.reference import Reference
from app.domain.screening import Hit, Report
from app.domain.start import Applicant, Created
from app.domain.verification import VendorState
from app.errors import NotReady, ProcessFault, VendorFault


class ProviderName(StrEnum):
    SUMSUB = "SUMSUB"
    VERIFF = "VERIFF"


class CallKind(StrEnum):
    """The categories by which a provider counts calls."""

    READ = "read"
    WRITE = "write"
    # Sumsub allows far fewer readings of its AML cases than of anything else.
    SCREENING = "screening"


class CallBudget(Protocol):
    """The shared call budget of one provider account."""

    async def take(self, kind: CallKind) -> None:
        """Returns when one more call may be made."""
        ...

    async def block(self, kind: CallKind, seconds: float) -> None:
        """Blocks all calls for that long, because the provider said "too many"."""
        ...


class VendorRecord(StrEnum):
    """A provider's own record of a verification that can be read unchanged."""

    APPLICANT = "APPLICANT"
    REVIEW_STATUS = "REVIEW_STATUS"
    STEPS = "STEPS"
    MODERATION_STATES = "MODERATION_STATES"
    REQUIRED_DOCUMENTS = "REQUIRED_DOCUMENTS"
    RESOURCES = "RESOURCES"
    AML_CASE = "AML_CASE"
    DECISION = "DECISION"
    FULL_AUTO_DECISION = "FULL_AUTO_DECISION"
    PERSON = "PERSON"
    ATTEMPTS = "ATTEMPTS"
    MEDIA = "MEDIA"
    WATCHLIST_SCREENING = "WATCHLIST_SCREENING"


@dataclass(frozen=True)
class Capabilities:
    """The capabilities of a configured provider, as the API shows them.

    `integrations`: where a vendor has several sets of keys, their names with the processes each can give.
    """

    name: ProviderName
    processes: tuple[KycProcess, ...]
    sources: tuple[SourceKind, ...]
    actions: tuple[ActionKind, ...] = ()
    records: tuple[VendorRecord, ...] = ()
    integrations: Mapping[str, tuple[KycProcess, ...]] = field(default_factory=dict)
    # True if `find` can prove that nothing was created. If it cannot, a person must resolve an uncertain call.
    finds: bool = False
    # True if the caller may choose the level of a new verification.
    levels: bool = False


@dataclass(frozen=True)
class Snapshot:
    """A provider's raw responses about one or several verifications, by the name of the call. Results depend on it alone.

    `pending` holds the provider's status of each undecided reference, `faults` the reason why a reference cannot be used.
    """

    references: tuple[Reference, ...]
    payloads: Mapping[str, bytes] = field(repr=False)
    fetched_at: dt.datetime
    pending: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, ProcessFault] = field(default_factory=dict)

    def part(self, reference: Reference) -> Snapshot:
        """Returns the part about one of several verifications: payloads of several are named `call/reference`."""
        others = tuple(f"/{item.id}" for item in self.references if item.id != reference.id)
        mine = {name: body for name, body in self.payloads.items() if not (others and name.endswith(others))}
        return Snapshot((reference,), mine, self.fetched_at, self.pending, self.faults)

    def require(self, reference_id: str) -> None:
        """Raises NotReady if this verification is not decided yet, or ProcessFault if it cannot be used."""
        if reference_id in self.faults:
            raise self.faults[reference_id].again()
        if reference_id in self.pending:
            raise NotReady(self.pending[reference_id])


@dataclass(frozen=True)
class VerificationSnapshot:
    """The current state of one verification at its provider, with the responses it was read from."""

    reference: Reference
    state: VendorState
    snapshot: Snapshot


@dataclass(frozen=True)
class Download:
    """The streamed bytes of one file. Their type is detected from the content, not from the provider's declaration."""

    chunks: AsyncIterator[bytes]


class Provider(Protocol):
    @property
    def capabilities(self) -> Capabilities: ...

    async def find(self, external_id: str) -> str | None:
        """Returns the provider's id of the object made under our external id, or None if there surely is none."""
        ...

    async def make(self, applicant: Applicant) -> Created:
        """Makes a verification under our external id: billable, called once. Raises VendorFault, which says what left."""
        ...

    async def attach_documents(self, applicant: Applicant, made: Created) -> Created:
        """Attaches the documents at hand to the created verification, and finds its page for the customer. Free, repeatable."""
        ...

    async def redeem(self, token: str, external_id: str) -> str:
        """Spends a single-use share token and returns the provider's id of the imported applicant."""
        ...

    async def fetch(self, references: Sequence[Reference], *, imported: bool) -> Snapshot:
        """Fetches everything that results follow from, of each verification that is approved.

        One that is still being decided is `pending` if it was `imported` or the vendor says "not ready", else a fault.
        """
        ...

    def extract(self, process: KycProcess, snapshot: Snapshot) -> Outcome:
        """Extracts one process's data from a snapshot, without any I/O. Raises ProcessFault, or NotReady for a pending one."""
        ...

    def download(self, snapshot: Snapshot, media: MediaReference) -> AbstractAsyncContextManager[Download]:
        """Opens one file of the verification for streaming."""
        ...

    async def refresh(self, reference: Reference, *, thorough: bool) -> Snapshot:
        """Fetches the present state of one verification, decided or not; `thorough` with the whole profile."""
        ...

    def state(self, snapshot: Snapshot, reference: Reference) -> VendorState:
        """Returns a verification's state from a snapshot, without any I/O."""
        ...

    async def screened(self, reference: Reference) -> Report:
        """Returns the result of the provider's own screening of a verification. Raises VendorFault, which is never "nothing"."""
        ...

    def listed_by_refusal(self, reference: Reference, labels: Sequence[str]) -> tuple[Hit, ...]:
        """Returns a hit for each label of a refusal that says the person is listed."""
        ...

    def unknown(self, snapshot: Snapshot) -> tuple[Unknown, ...]:
        """Returns the words of a snapshot that no table knows."""
        ...

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Returns whether a webhook's raw body is the provider's, compared in constant time. `headers` have lower-case names."""
        ...

    def notice(self, body: bytes) -> Notice:
        """Reads an authentic webhook. Never raises: an unintelligible one gets an unknown type."""
        ...

    async def act(self, subject: Subject, action: Action) -> ActionAnswer:
        """Performs an action on a verification. Only for actions among the capabilities."""
        ...

    async def read_record(self, reference: Reference, record: VendorRecord) -> bytes:
        """Fetches one of the provider's own records as JSON. Only for records among the capabilities."""
        ...

    def examine(self) -> AsyncIterator[Finding]:
        """Checks credentials, clock, permissions, secrets; for `gatehouse doctor`. Changes nothing at the vendor."""
        ...

    def meaning(self, word: str) -> str | None:
        """Explains a label, button or reason of the provider in a sentence. Returns None for an unknown one."""
        ...

    def explain(self, fault: VendorFault) -> ProcessFault:
        """Translates a provider's refusal into our codes, with a message and a hint a person can act on."""
        ...
