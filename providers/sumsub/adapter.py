"""Sumsub as a `Provider`: redeems share tokens with either product, reads applicants by id and extracts four processes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TypeVar

import orjson

from app.domain.action import Action, ActionAnswer, Subject
from app.domain.aml import Screened
from app.domain.drift import Unknown
from app.domain.examination import Finding
from app.domain.inbound import Notice
from app.domain.ingestion import APPLICANT_ID, SourceKind
from app.domain.process import KycProcess
from app.domain.process.outcome import MediaReference, Outcome
from app.domain.provider import Capabilities, Download, ProviderName, Snapshot, VendorRecord
from app.domain.reference import Reference
from app.domain.screening import Hit, Report
from app.domain.start import Applicant, Created
from app.domain.verification import ReviewAnswer, VendorState
from app.errors import Answered, ProcessFault, Unanswered, VendorFault
from providers.call import granted
from providers.sumsub import (
    address,
    applicant_profile,
    errors,
    examination,
    identity,
    proof_of_address,
    screening,
    start,
    state,
    unknown,
    vocabulary,
    webhook,
)
from providers.sumsub.account import PROVIDER
from providers.sumsub.action import HANDLERS as ACTIONS
from providers.sumsub.action import act as carry_out
from providers.sumsub.client import Client
from providers.sumsub.extraction import APPLICANT, MODERATION, RESOURCES, STATUS, STEPS
from providers.tree import Tree

EXTRACT: dict[KycProcess, Callable[[Snapshot], Outcome]] = {
    KycProcess.PROFILE: applicant_profile.extract,
    KycProcess.ADDRESS: address.extract,
    KycProcess.IDENTITY: identity.extract,
    KycProcess.PROOF_OF_ADDRESS: proof_of_address.extract,
}
T = TypeVar("T")
RECORDS: dict[VendorRecord, Callable[[Client, str], Awaitable[bytes]]] = {
    VendorRecord.APPLICANT: lambda client, reference: client.applicants.read(reference),
    VendorRecord.REVIEW_STATUS: lambda client, reference: client.reviews.status(reference),
    VendorRecord.STEPS: lambda client, reference: client.reviews.steps(reference),
    VendorRecord.MODERATION_STATES: lambda client, reference: client.reviews.moderation_states(reference),
    VendorRecord.REQUIRED_DOCUMENTS: lambda client, reference: client.applicants.required_documents(reference),
    VendorRecord.RESOURCES: lambda client, reference: client.documents.list(reference),
    VendorRecord.AML_CASE: lambda client, reference: client.applicants.aml_case(reference),
}
CAPABILITIES = Capabilities(
    ProviderName.SUMSUB,
    tuple(EXTRACT),
    (SourceKind.SHARE_TOKEN, SourceKind.APPLICANT_ID),
    tuple(ACTIONS),
    tuple(RECORDS),
    finds=True,
    levels=True,
)


@dataclass(frozen=True)
class Setup:
    """Adapter options. `copy` redeems share tokens with Copy Applicant instead of Reusable KYC. `algorithms` are the digest
    algorithms accepted for webhooks."""

    copy: bool = False
    webhook_secret: bytes = field(default=b"", repr=False)
    algorithms: Collection[str] = tuple(webhook.ALGORITHMS)


class Sumsub:
    """Provider for one Sumsub account."""

    def __init__(self, client: Client, now: Callable[[], dt.datetime], setup: Setup) -> None:
        self._client = client
        self._now = now
        self._setup = setup

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def find(self, external_id: str) -> str | None:
        try:
            answer = Tree.parse(await self._client.applicants.read_by_external_id(external_id))
        except Answered as fault:
            if fault.status == 404:
                return None
            raise
        if answer.at("externalUserId").value not in (external_id, None):
            raise Unanswered(PROVIDER, "applicant-by-external-id", "the answer is about another applicant")
        return _id(answer, "applicant-by-external-id")

    async def make(self, applicant: Applicant) -> Created:
        return Created(_id(Tree.parse(await start.create(self._client, applicant)), "create"))

    async def attach_documents(self, applicant: Applicant, made: Created) -> Created:
        return await start.attach_documents(self._client, applicant, made, at=self._now())

    async def redeem(self, token: str, external_id: str) -> str:
        importing, level = self._client.importing, self._client.level
        if self._setup.copy:
            return _id(Tree.parse(await importing.copy(token, external_id, level=level, trust_review=True)), "import")
        return _id(Tree.parse(await importing.reuse(token, external_id, level)), "reuse")

    async def fetch(self, references: Sequence[Reference], *, imported: bool) -> Snapshot:
        """Reads the verdict first, then the rest concurrently. Reads nothing else if the applicant is not approved."""
        (reference,) = references
        status = await self._client.reviews.status(reference.id)
        undecided = self._undecided((reference,), {STATUS: status}, imported=imported)
        if undecided is not None:
            return undecided
        applicant, steps, resources = await _together(
            self._client.applicants.read(reference.id),
            self._client.reviews.steps(reference.id),
            self._client.documents.list(reference.id),
        )
        found = Tree.parse(applicant)
        _same(found, reference.id)
        if found.at("review", "reviewStatus"):
            # The verdict may change between the two responses.
            undecided = self._undecided((reference,), {STATUS: _bytes(found.at("review"))}, imported=imported)
            if undecided is not None:
                return undecided
        payloads = {STATUS: status, APPLICANT: applicant, STEPS: steps, RESOURCES: resources}
        return Snapshot((reference,), payloads, self._now())

    def _undecided(self, references: tuple[Reference, ...], payloads: Mapping[str, bytes], *, imported: bool) -> Snapshot | None:
        """Returns a pending or failed snapshot. Returns None only for an approved applicant: `completed` with GREEN."""
        review = Tree.parse(payloads[STATUS])
        word = review.at("reviewStatus").text or "init"
        if word == state.COMPLETED and state.answer_of(review.at("reviewResult")) is ReviewAnswer.GREEN:
            return None
        name, at = references[0].id, self._now()
        if word != state.COMPLETED and imported:
            return Snapshot(references, payloads, at, pending={name: word})
        return Snapshot(references, payloads, at, faults={name: _not_approved(review, word)})

    def extract(self, process: KycProcess, snapshot: Snapshot) -> Outcome:
        snapshot.require(snapshot.references[0].id)
        return EXTRACT[process](snapshot)

    def download(self, snapshot: Snapshot, media: MediaReference) -> AbstractAsyncContextManager[Download]:
        return self._client.documents.image(snapshot.references[0].id, media.vendor_id)

    async def refresh(self, reference: Reference, *, thorough: bool) -> Snapshot:
        """Reads the verdict. Adds the data that explains it if the app token has permission."""
        status, steps = await _together(
            self._client.reviews.status(reference.id), granted(self._client.reviews.steps(reference.id))
        )
        payloads = {STATUS: status or b"", STEPS: steps}
        if state.answer_of(Tree.parse(status).at("reviewResult")) is ReviewAnswer.RED:
            payloads[MODERATION] = await granted(self._client.reviews.moderation_states(reference.id))
        if thorough:
            payloads[APPLICANT] = await granted(self._client.applicants.read(reference.id))
            _same(Tree.parse(payloads[APPLICANT]), reference.id)
        return Snapshot((reference,), {name: body for name, body in payloads.items() if body is not None}, self._now())

    def state(self, snapshot: Snapshot, reference: Reference) -> VendorState:
        return state.read(snapshot)

    async def screened(self, reference: Reference) -> Report:
        """Returns the report of the newest AML case. A 404 means that no screening was run."""
        try:
            return screening.read(Tree.parse(await self._client.applicants.aml_case(reference.id)))
        except Answered as fault:
            if fault.status == 404:
                return Report(Screened.NONE)
            raise

    def listed_by_refusal(self, reference: Reference, labels: Sequence[str]) -> tuple[Hit, ...]:
        return screening.listed_by_refusal(reference, labels)

    def unknown(self, snapshot: Snapshot) -> tuple[Unknown, ...]:
        return unknown.find(snapshot)

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        return webhook.authentic(headers, body, secret=self._setup.webhook_secret, allowed=self._setup.algorithms)

    def notice(self, body: bytes) -> Notice:
        return webhook.read(body)

    async def act(self, subject: Subject, action: Action) -> ActionAnswer:
        return await carry_out(self._client, subject, action)

    async def read_record(self, reference: Reference, record: VendorRecord) -> bytes:
        return await RECORDS[record](self._client, reference.id)

    def examine(self) -> AsyncIterator[Finding]:
        return examination.examine(self._client, webhook_secret=self._setup.webhook_secret, epoch=self._client.epoch)

    def meaning(self, word: str) -> str | None:
        return vocabulary.explain_label(word) or vocabulary.explain_button(word)

    def explain(self, fault: VendorFault) -> ProcessFault:
        return errors.explain(fault)


async def _together(*calls: Awaitable[T]) -> list[T]:
    """Returns all results. The first fault cancels the other calls and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_awaited(call)) for call in calls]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


async def _awaited(call: Awaitable[T]) -> T:
    return await call


def _bytes(review: Tree) -> bytes:
    return orjson.dumps(review.value)


def _id(answer: Tree, operation: str) -> str:
    found = answer.at("id").value
    if not isinstance(found, str) or not APPLICANT_ID.fullmatch(found):
        raise Unanswered(PROVIDER, operation, "the answer names no applicant")
    return found


def _same(applicant: Tree, applicant_id: str) -> None:
    if applicant.at("id").value not in (applicant_id, None):
        raise Unanswered(PROVIDER, "applicant", "the answer is about another applicant")


def _not_approved(review: Tree, word: str) -> ProcessFault:
    result = review.at("reviewResult")
    answer = result.at("reviewAnswer").text
    details = {"reviewStatus": word, "reviewAnswer": answer, "reviewRejectType": result.at("reviewRejectType").text}
    return ProcessFault(
        "verification_not_approved",
        f"The Sumsub applicant is not approved (status {word}, answer {answer or 'none'}).",
        "Only approved verifications can be ingested. Wait for Sumsub's approval, then create a new ingestion.",
        details={key: value for key, value in details.items() if value is not None},
    )
