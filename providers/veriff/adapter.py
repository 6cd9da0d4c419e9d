"""Veriff as a `Provider`: sessions of several integrations, each read with its own keys, joined into one snapshot."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

from app.domain.action import Action, ActionAnswer, Subject
from app.domain.aml import Screened
from app.domain.drift import Unknown
from app.domain.examination import Finding
from app.domain.inbound import Notice
from app.domain.ingestion import SourceKind
from app.domain.normal.name import join, same_person
from app.domain.process import KycProcess
from app.domain.process.outcome import MediaReference, Outcome
from app.domain.provider import Capabilities, Download, ProviderName, Snapshot, VendorRecord
from app.domain.reference import DEFAULT_INTEGRATION, Reference
from app.domain.screening import Hit, Report
from app.domain.start import Applicant, Created
from app.domain.verification import VendorState
from app.errors import Answered, NotReady, ProcessFault, VendorFault
from providers.call import granted
from providers.tree import Tree
from providers.veriff import (
    action,
    address,
    errors,
    examination,
    identity,
    media,
    personal_profile,
    proof_of_address,
    screening,
    start,
    state,
    unknown,
    vocabulary,
    webhook,
)
from providers.veriff.client import Client
from providers.veriff.decision import (
    APPROVED,
    ATTEMPTS,
    DECISION,
    MEDIA,
    REFUSED,
    Extraction,
    decided_at,
    name,
    verification,
)

EXTRACT: dict[KycProcess, Callable[[Extraction], Outcome]] = {
    KycProcess.PROFILE: personal_profile.extract,
    KycProcess.ADDRESS: address.extract,
    KycProcess.IDENTITY: identity.extract,
    KycProcess.PROOF_OF_ADDRESS: proof_of_address.extract,
}
RECORDS: dict[VendorRecord, Callable[[Client, str], Awaitable[bytes]]] = {
    VendorRecord.DECISION: lambda client, session: client.decision(session),
    VendorRecord.FULL_AUTO_DECISION: lambda client, session: client.full_auto_decision(session),
    VendorRecord.PERSON: lambda client, session: client.person(session),
    VendorRecord.ATTEMPTS: lambda client, session: client.attempts(session),
    VendorRecord.MEDIA: lambda client, session: client.media(session),
    VendorRecord.WATCHLIST_SCREENING: lambda client, session: client.watchlist_screening(session),
}
# Without integrations, because each operator configures its own.
CAPABILITIES = Capabilities(ProviderName.VERIFF, tuple(EXTRACT), (SourceKind.SESSIONS,), tuple(action.HANDLERS), tuple(RECORDS))
UNDECIDED = "not decided"


@dataclass
class Answers:
    """The payloads, pending statuses and faults of several sessions."""

    payloads: dict[str, bytes] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    faults: dict[str, ProcessFault] = field(default_factory=dict)


class Veriff:
    def __init__(self, clients: Mapping[str, Client], now: Callable[[], dt.datetime]) -> None:
        self._clients = clients
        self._now = now
        integrations = {name_: client.integration.processes for name_, client in clients.items()}
        self._capabilities = replace(CAPABILITIES, integrations=integrations)

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def find(self, external_id: str) -> str | None:
        """Returns None, because Veriff has no search by external id and an ingestion creates no session."""
        return None

    async def make(self, applicant: Applicant) -> Created:
        return await start.create(self._clients[applicant.integration or DEFAULT_INTEGRATION], applicant)

    async def attach_documents(self, applicant: Applicant, made: Created) -> Created:
        """Returns the session unchanged, because Veriff's own page collects the pictures."""
        return made

    async def redeem(self, token: str, external_id: str) -> str:
        raise ProcessFault("operation_not_allowed", "Veriff has no share tokens.", "Name the session's id and integration.")

    async def fetch(self, references: Sequence[Reference], *, imported: bool) -> Snapshot:
        """Returns a snapshot of the sessions: their decisions, and the media lists of approved ones.

        Stores a permanent fault under its session. Raises transient faults.
        """
        answers = Answers()
        try:
            async with asyncio.TaskGroup() as group:
                for reference in references:
                    group.create_task(self._fetch(reference, answers))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        return Snapshot(tuple(references), answers.payloads, self._now(), answers.pending, answers.faults)

    async def _fetch(self, reference: Reference, answers: Answers) -> None:
        client = self._client(reference)
        if client is None:
            answers.faults[reference.id] = _no_integration()
            return
        try:
            decision = await client.decision(reference.id)
            answers.payloads[name(DECISION, reference.id)] = decision
            found = Tree.parse(decision).at("verification")
            status = found.at("status").text or UNDECIDED
            if not found or (status != APPROVED and status not in REFUSED):
                answers.pending[reference.id] = status
                await self._attempts(client, reference, answers.payloads)
            elif found.at("id").value not in (reference.id, None):
                answers.faults[reference.id] = _another_session()
            elif status in REFUSED:
                answers.faults[reference.id] = _not_approved(found, status)
            else:
                answers.payloads[name(MEDIA, reference.id)] = await client.media(reference.id)
        except Answered as fault:
            if fault.passing:
                raise
            answers.faults[reference.id] = errors.explain(fault)

    async def _attempts(self, client: Client, reference: Reference, payloads: dict[str, bytes]) -> None:
        """Stores the attempts of an undecided session, if the integration may read them. The newest has the current status."""
        attempts = await granted(client.attempts(reference.id))
        if attempts is not None:
            payloads[name(ATTEMPTS, reference.id)] = attempts

    def _client(self, reference: Reference) -> Client | None:
        return self._clients.get(reference.integration or DEFAULT_INTEGRATION)

    def extract(self, process: KycProcess, snapshot: Snapshot) -> Outcome:
        """Returns the outcome of a process from the session assigned to it, or from the one decided last if there are several.

        Raises NotReady or ProcessFault if no session is usable.
        """
        assigned = [item for item in snapshot.references if item.processes is None or process in item.processes]
        usable = [item for item in assigned if item.id not in snapshot.faults and item.id not in snapshot.pending]
        if not usable:
            raise _why_not(assigned, snapshot)
        oldest = dt.datetime.min.replace(tzinfo=dt.UTC)
        chosen = max(usable, key=lambda item: decided_at(verification(snapshot, item)) or oldest)
        extraction = Extraction(snapshot, chosen)
        _compare(extraction, snapshot, chosen)
        return EXTRACT[process](extraction)

    def download(self, snapshot: Snapshot, wanted: MediaReference) -> AbstractAsyncContextManager[Download]:
        for reference in snapshot.references:
            client = self._client(reference)
            if client and media.holds(Tree.parse(snapshot.payloads.get(name(MEDIA, reference.id))), wanted.vendor_id):
                return client.file(wanted.vendor_id)
        raise ProcessFault("provider_file_download_failed", "No session of this ingestion names the file.", None)

    async def refresh(self, reference: Reference, *, thorough: bool) -> Snapshot:
        client = self._client(reference)
        if client is None:
            raise Answered("VERIFF", "decision", "its integration is no longer configured", status=401)
        payloads = {name(DECISION, reference.id): await client.decision(reference.id)}
        if not Tree.parse(payloads[name(DECISION, reference.id)]).at("verification"):
            await self._attempts(client, reference, payloads)
        return Snapshot((reference,), payloads, self._now())

    def state(self, snapshot: Snapshot, reference: Reference) -> VendorState:
        return state.read(snapshot, reference)

    async def screened(self, reference: Reference) -> Report:
        """Returns the report of the watch-list screening. A 404 means that none was run."""
        try:
            client = self._clients[reference.integration or DEFAULT_INTEGRATION]
            return screening.read(Tree.parse(await client.watchlist_screening(reference.id)))
        except Answered as fault:
            if fault.status == 404:
                return Report(Screened.NONE)
            raise

    def listed_by_refusal(self, reference: Reference, labels: Sequence[str]) -> tuple[Hit, ...]:
        """Returns no hits, because Veriff has no rejection label for listed persons. Its screening reports them."""
        return ()

    def unknown(self, snapshot: Snapshot) -> tuple[Unknown, ...]:
        return unknown.find(snapshot)

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        return webhook.authentic(headers, body, [client.integration for client in self._clients.values()])

    def notice(self, body: bytes) -> Notice:
        return webhook.read(body)

    async def act(self, subject: Subject, asked: Action) -> ActionAnswer:
        return await action.act(self._clients[subject.integration or DEFAULT_INTEGRATION], subject, asked)

    async def read_record(self, reference: Reference, record: VendorRecord) -> bytes:
        return await RECORDS[record](self._clients[reference.integration or DEFAULT_INTEGRATION], reference.id)

    async def examine(self) -> AsyncIterator[Finding]:
        for client in self._clients.values():
            async for finding in examination.examine(client):
                yield finding

    def meaning(self, word: str) -> str | None:
        return vocabulary.explain_reason(word)

    def explain(self, fault: VendorFault) -> ProcessFault:
        return errors.explain(fault)


def _why_not(assigned: Sequence[Reference], snapshot: Snapshot) -> ProcessFault | NotReady:
    """Returns NotReady if an assigned session is still pending, else the fault of the first session that has one."""
    waiting = next((snapshot.pending[item.id] for item in assigned if item.id in snapshot.pending), None)
    if waiting is not None:
        return NotReady(waiting)
    fault = next((snapshot.faults[item.id] for item in assigned if item.id in snapshot.faults), None)
    return fault.again() if fault else ProcessFault("provider_data_not_available", "No session is to give this process.", None)


def _compare(extraction: Extraction, snapshot: Snapshot, chosen: Reference) -> None:
    """Warns if the names or birthdates of the sessions differ, because all must be about one person."""
    mine = extraction.person
    for other in snapshot.references:
        person = verification(snapshot, other).at("person")
        if other.id == chosen.id or other.id in snapshot.faults or other.id in snapshot.pending:
            continue
        days = {day for day in (mine.at("dateOfBirth").text, person.at("dateOfBirth").text) if day}
        if len(days) > 1 or not same_person(_name(mine), _name(person)):
            extraction.warn("data_mismatch", "The sessions name different persons: names or birthdates differ.")


def _name(person: Tree) -> str | None:
    return join(person.at("firstName").value, person.at("lastName").value) or person.at("fullName").text


def _not_approved(found: Tree, status: str) -> ProcessFault:
    details = {"status": status, "reasonCode": found.at("reasonCode").id}
    return ProcessFault(
        "verification_not_approved",
        f"The Veriff session is not approved (status {status}).",
        "Only approved sessions can be ingested. Have the person verified again, then create a new ingestion.",
        details={key: value for key, value in details.items() if value is not None},
    )


def _no_integration() -> ProcessFault:
    return ProcessFault(
        "workflow_error",
        "The session's integration is no longer configured.",
        "Ask the operator to configure its keys in GATEHOUSE_VERIFF_INTEGRATIONS, then create a new ingestion.",
    )


def _another_session() -> ProcessFault:
    return ProcessFault("veriff_client_error", "Veriff answered about another session.", errors.LATER_HINT)
