"""Sumsub as a `Provider`: share tokens by either product, applicants by id, one snapshot, four processes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from app.domain.ingestion import APPLICANT_ID, SourceKind
from app.domain.process import KycProcess
from app.domain.process.outcome import MediaReference, Outcome
from app.domain.provider import Capabilities, Download, ProviderName, Snapshot
from app.errors import Answered, NotReady, ProcessFault, Unanswered, VendorFault
from providers.sumsub import address, applicant_profile, errors, identity, proof_of_address
from providers.sumsub.client import PROVIDER, Client
from providers.sumsub.extraction import APPLICANT, RESOURCES, STATUS, STEPS
from providers.sumsub.tree import Tree

EXTRACT: dict[KycProcess, Callable[[Snapshot], Outcome]] = {
    KycProcess.PROFILE: applicant_profile.extract,
    KycProcess.ADDRESS: address.extract,
    KycProcess.IDENTITY: identity.extract,
    KycProcess.PROOF_OF_ADDRESS: proof_of_address.extract,
}
COMPLETED = "completed"
GREEN = "GREEN"


class Sumsub:
    """One Sumsub account. `copy` chooses the product that redeems share tokens: Copy Applicant, else Reusable KYC."""

    capabilities = Capabilities(ProviderName.SUMSUB, tuple(EXTRACT), (SourceKind.SHARE_TOKEN, SourceKind.APPLICANT_ID))

    def __init__(self, client: Client, now: Callable[[], dt.datetime], *, copy: bool) -> None:
        self._client = client
        self._now = now
        self._copy = copy

    async def find(self, external_id: str) -> str | None:
        try:
            answer = Tree.parse(await self._client.applicant_by_external_id(external_id))
        except Answered as fault:
            if fault.status == 404:
                return None
            raise
        if answer.at("externalUserId").value not in (external_id, None):
            raise Unanswered(PROVIDER, "applicant-by-external-id", "the answer is about another applicant")
        return _id(answer, "applicant-by-external-id")

    async def redeem(self, token: str, external_id: str) -> str:
        redeem = self._client.import_copy if self._copy else self._client.reuse
        return _id(Tree.parse(await redeem(token, external_id)), "import" if self._copy else "reuse")

    async def fetch(self, reference: str, *, imported: bool) -> Snapshot:
        """The verdict first, then everything else at once: nothing is read of an applicant that is not approved."""
        status = await self._client.review_status(reference)
        _check_verdict(Tree.parse(status), imported=imported)
        try:
            async with asyncio.TaskGroup() as group:
                applicant = group.create_task(self._client.applicant(reference))
                steps = group.create_task(self._client.steps_status(reference))
                resources = group.create_task(self._client.resources(reference))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        found = Tree.parse(applicant.result())
        if found.at("id").value not in (reference, None):
            raise Unanswered(PROVIDER, "applicant", "the answer is about another applicant")
        if found.at("review", "reviewStatus"):
            _check_verdict(found.at("review"), imported=imported)
        return Snapshot(
            reference,
            {STATUS: status, APPLICANT: applicant.result(), STEPS: steps.result(), RESOURCES: resources.result()},
            self._now(),
        )

    def extract(self, process: KycProcess, snapshot: Snapshot) -> Outcome:
        return EXTRACT[process](snapshot)

    def download(self, snapshot: Snapshot, media: MediaReference) -> AbstractAsyncContextManager[Download]:
        return self._client.image(snapshot.reference, media.vendor_id)

    def explain(self, fault: VendorFault) -> ProcessFault:
        return errors.explain(fault)


def _id(answer: Tree, operation: str) -> str:
    found = answer.at("id").value
    if not isinstance(found, str) or not APPLICANT_ID.fullmatch(found):
        raise Unanswered(PROVIDER, operation, "the answer names no applicant")
    return found


def _check_verdict(review: Tree, *, imported: bool) -> None:
    """Only `completed` with GREEN counts; order and finality of Sumsub's statuses are not guaranteed."""
    state = review.at("reviewStatus").text or "init"
    answer = review.at("reviewResult", "reviewAnswer").text
    if state == COMPLETED and answer == GREEN:
        return
    if state != COMPLETED and imported:
        raise NotReady(state)
    details = {
        "reviewStatus": state,
        "reviewAnswer": answer,
        "reviewRejectType": review.at("reviewResult", "reviewRejectType").text,
    }
    raise ProcessFault(
        "verification_not_approved",
        f"The Sumsub applicant is not approved (status {state}, answer {answer or 'none'}).",
        "Only approved verifications can be ingested. Wait for Sumsub's approval, then create a new ingestion.",
        details={key: value for key, value in details.items() if value is not None},
    )
