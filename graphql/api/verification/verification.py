"""Verifications at a provider, as of the last refresh: verdict, labels, steps and documents, in the provider's words and ours."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from api.context import Context, Info
from api.provider.enums import ProviderName, VendorRecord
from api.relay.connection import After, Before, First, Last, newest_first, window
from api.relay.node import Connection, Node, connection
from api.scalars import URL, given
from api.verification.enums import ActionKind, RejectType, ReviewAnswer, Stage
from app.domain import ids
from app.domain.credential import Right
from app.domain.reference import Reference
from app.service.verification import provider_record, verification

if TYPE_CHECKING:
    from api.customer.customer import Customer

AnyCustomer = Annotated["Customer", strawberry.lazy("api.customer.customer")]


@strawberry.type(description="A word of the provider's with what it means.")
class VendorWord:
    code: str = strawberry.field(description="The provider's own word, as it came.")
    meaning: str | None = strawberry.field(description="The meaning in a sentence for people; null for an unknown word.")


@strawberry.type(description="One image of a document, with its own verdict.")
class ImageReview:
    image_id: str = strawberry.field(description="The provider's id of the image; `setDocumentInactive` takes it.")
    review_answer: str | None = strawberry.field(description="The provider's verdict on this image, e.g. GREEN or RED.")
    reject_labels: list[VendorWord] = strawberry.field(description="The labels that explain a refusal; empty if none.")
    buttons: list[VendorWord] = strawberry.field(description="The reviewer's buttons that explain a refusal; empty if none.")
    customer_comment: str | None = strawberry.field(description="The provider's comment meant for the customer.")
    internal_comment: str | None = strawberry.field(
        description="The provider's comment that must not reach the customer; null for callers who may not read it."
    )


@strawberry.type(description="One step of the provider's flow: what was given for it, and what was thought of that.")
class VerificationStep:
    name: str = strawberry.field(description="The provider's name of the step, e.g. IDENTITY.")
    review_answer: str | None = strawberry.field(description="The provider's verdict on the step; null where nothing was judged.")
    document_type: str | None = strawberry.field(description="The provider's word for the document that was given.")
    country: str | None = strawberry.field(description="The document's country, as the provider writes it.")
    reject_labels: list[VendorWord] = strawberry.field(description="The labels that explain a refusal; empty if none.")
    customer_comment: str | None = strawberry.field(description="The provider's comment meant for the customer.")
    internal_comment: str | None = strawberry.field(
        description="The provider's comment that must not reach the customer; null for callers who may not read it."
    )
    images: list[ImageReview] = strawberry.field(description="The images of the document, the front first.")


@strawberry.type(description="Something that was done to a verification at its provider.")
class VerificationAction:
    id: strawberry.ID = strawberry.field(description="The id of the action.")
    kind: ActionKind = strawberry.field(description="The kind of the action.")
    status: str = strawberry.field(description="REQUESTED, DONE, REFUSED, or UNCERTAIN where the provider did not answer.")
    requested_by: str = strawberry.field(description="The name of the credential that requested it.")
    error_code: str | None = strawberry.field(description="The code of the failure; null if there was none.")
    created_at: dt.datetime = strawberry.field(description="The time at which it was requested.")
    ended_at: dt.datetime | None = strawberry.field(description="The time of the provider's response; null until then.")


@strawberry.type(
    description="A verification at a provider, as last seen there. Only what was fetched from the provider changes it."
)
class Verification(Node):
    provider: ProviderName = strawberry.field(description="The provider that holds the verification.")
    stage: Stage | None = strawberry.field(
        description="The normalised status. Keeps its last value while the provider reports an unknown word."
    )
    level: str | None = strawberry.field(description="The Sumsub level; null for Veriff.")
    integration: str | None = strawberry.field(description="The Veriff integration; null for Sumsub.")
    started_by: str | None = strawberry.field(description="The person who started it; null for an ingested one.")
    provider_reference: str | None = strawberry.field(description="The applicant's or session's id at the provider.")
    review_status: str | None = strawberry.field(description="The provider's own word for where it stands, as it came.")
    review_answer: ReviewAnswer | None = strawberry.field(description="The provider's verdict; null while there is none.")
    reject_labels: list[str] = strawberry.field(description="The provider's labels for a refusal, as they came.")
    reject_type: RejectType | None = strawberry.field(description="The kind of refusal; RETRY lets the customer try again.")
    attempt: int = strawberry.field(description="The number of the provider's review; 0 if the provider does not number them.")
    active: bool = strawberry.field(description="True if the profile is active at the provider.")
    missing_since: dt.datetime | None = strawberry.field(description="Since when the provider no longer has it; null while it has.")
    decided_at: dt.datetime | None = strawberry.field(description="The time of the provider's decision; null until there is one.")
    looked_at: dt.datetime | None = strawberry.field(description="The time of the last refresh from the provider.")
    created_at: dt.datetime = strawberry.field(description="The time at which the verification was first recorded.")
    updated_at: dt.datetime = strawberry.field(description="The time of the last change.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The customer it is about.")
    async def customer(self, info: Info) -> AnyCustomer:
        from api.customer.customer import Customer

        return Customer.of(await info.context.loaders.customer_by_id.load(self.row.customer_id))

    @strawberry.field(description="The provider's labels with what they mean.")
    def reject_reasons(self, info: Info) -> list[VendorWord]:
        return _words(info.context, self.row, self.row.reject_labels)

    @strawberry.field(description="The provider's reviewer buttons that explain a refusal.")
    async def buttons(self, info: Info) -> list[VendorWord]:
        return _words(info.context, self.row, (await self._details(info.context)).get("buttons", []))

    @strawberry.field(description="The provider's comment meant for the customer.")
    async def customer_comment(self, info: Info) -> str | None:
        return (await self._details(info.context)).get("customerComment")

    @strawberry.field(description="The provider's comment that must not reach the customer; null for callers who may not read it.")
    async def internal_comment(self, info: Info) -> str | None:
        return (await self._details(info.context)).get("internalComment") if _internal(info.context) else None

    @strawberry.field(description="The provider's page for the customer, of a verification started here; null once it has ended.")
    async def link(self, info: Info) -> URL | None:
        cipher = await info.context.loaders.cipher_by_customer.load(self.row.customer_id)
        found = verification.link(info.context.deps, self.row, cipher) if cipher else None
        return URL(found) if found else None

    @strawberry.field(description="The steps of the provider's flow, with their documents and images.")
    async def steps(self, info: Info) -> list[VerificationStep]:
        details = await self._details(info.context)
        return [_step(info.context, self.row, step) for step in details.get("steps", [])]

    @strawberry.field(description="Actions your firm took on it, newest first; at most 100.")
    async def actions(self, info: Info) -> list[VerificationAction]:
        rows = await info.context.loaders.actions_by_verification.load(self.id)
        return [
            VerificationAction(
                id=strawberry.ID(row.id),
                kind=ActionKind(row.kind),
                status=row.status,
                requested_by=row.requested_by,
                error_code=row.error_code,
                created_at=row.created_at,
                ended_at=row.ended_at,
            )
            for row in rows
        ]

    @strawberry.field(
        description="One of the provider's own records, read now and unchanged. It holds personal data and comments "
        "that must not reach the customer: only for people who may read both. Null where the provider has no such record."
    )
    async def vendor_record(
        self,
        info: Info,
        record: Annotated[
            VendorRecord, strawberry.argument(description="The record to read; `providers` lists those each provider has.")
        ],
    ) -> JSON | None:
        context = info.context
        context.require(Right.READ_INTERNAL)
        context.require(Right.READ_PERSONS)
        context.count_vendor_read()
        reference = Reference(self.row.reference, self.row.integration)
        found = await provider_record.read(context.providers, self.provider, reference, record)
        return None if found is None else JSON(found)

    async def _details(self, context: Context) -> dict[str, Any]:
        cipher = await context.loaders.cipher_by_customer.load(self.row.customer_id)
        if cipher is None or self.row.details is None:
            return {}
        return cipher.open_json(self.row.details, verification.DETAILS)  # type: ignore[no-any-return]

    @classmethod
    def of(cls, row: Any) -> Verification:
        return cls(
            id=strawberry.ID(row.id),
            provider=ProviderName(row.provider),
            stage=Stage(row.stage) if row.stage else None,
            level=row.level,
            integration=row.integration,
            started_by=row.started_by,
            provider_reference=row.reference,
            review_status=row.review_status,
            review_answer=ReviewAnswer(row.review_answer) if row.review_answer else None,
            reject_labels=row.reject_labels,
            reject_type=RejectType(row.reject_type) if row.reject_type else None,
            attempt=row.attempt,
            active=row.active,
            missing_since=row.missing_since,
            decided_at=row.decided_at,
            looked_at=row.refreshed_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
            row=row,
        )


def _internal(context: Context) -> bool:
    return context.caller.may(Right.READ_INTERNAL)


def _words(context: Context, row: Any, words: list[str]) -> list[VendorWord]:
    provider = context.providers.get(ProviderName(row.provider))
    return [VendorWord(code=word, meaning=provider.meaning(word) if provider else None) for word in words]


def _step(context: Context, row: Any, step: dict[str, Any]) -> VerificationStep:
    return VerificationStep(
        name=step["name"],
        review_answer=step.get("answer"),
        document_type=step.get("document_type"),
        country=step.get("country"),
        reject_labels=_words(context, row, step.get("labels", [])),
        customer_comment=step.get("customer_comment"),
        internal_comment=step.get("internal_comment") if _internal(context) else None,
        images=[
            ImageReview(
                image_id=image["image_id"],
                review_answer=image.get("answer"),
                reject_labels=_words(context, row, image.get("labels", [])),
                buttons=_words(context, row, image.get("buttons", [])),
                customer_comment=image.get("customer_comment"),
                internal_comment=image.get("internal_comment") if _internal(context) else None,
            )
            for image in step.get("images", [])
        ],
    )


@strawberry.input(description="Conditions for verifications. Omitted fields do not restrict.")
class VerificationFilter:
    customer_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only of this customer.")
    provider: ProviderName | None = strawberry.field(default=strawberry.UNSET, description="Only at this provider.")
    stage: list[Stage] | None = strawberry.field(default=strawberry.UNSET, description="Only in one of these stages.")
    provider_reference: str | None = strawberry.field(
        default=strawberry.UNSET, description="Only with this applicant's or session's id."
    )

    def wanted(self) -> verification.VerificationFilter:
        return verification.VerificationFilter(
            given(self.customer_id), given(self.provider), given(self.provider_reference), given(self.stage)
        )


async def by_id(context: Context, verification_id: str) -> Verification | None:
    row = await context.loaders.verification_by_id.load(verification_id)
    return Verification.of(row) if row else None


@strawberry.type
class VerificationQuery:
    @strawberry.field(description="One verification; null for an id that is unknown, of another kind or of another tenant.")
    async def verification(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the verification, beginning with ver_.")],
    ) -> Verification | None:
        info.context.require(Right.READ)
        return await by_id(info.context, id) if ids.kind(id) == "ver" else None

    @strawberry.field(description="The verifications, newest first.")
    async def verifications(
        self,
        info: Info,
        filter: Annotated[
            VerificationFilter | None,
            strawberry.argument(description="Conditions that the verifications must meet. Omit it to return all."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[Verification]:
        context = info.context
        context.require(Right.READ)
        wanted = filter.wanted() if filter else verification.VerificationFilter()
        found = await newest_first(context, "verification", verification.page, wanted, window(first, after, last, before))
        return connection(found, [Verification.of(row) for row in found.rows])
