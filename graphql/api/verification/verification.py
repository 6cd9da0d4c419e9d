"""Verifications at a vendor, as last seen there: verdict, labels, steps and documents, in the vendor's words and in ours."""

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


@strawberry.type(description="A word of the vendor's with what it means.")
class VendorWord:
    code: str = strawberry.field(description="The vendor's own word, as it came.")
    meaning: str | None = strawberry.field(description="What it means, in a sentence for people; null for a word not known here.")


@strawberry.type(description="One image of a document, with its own verdict.")
class ImageReview:
    image_id: str = strawberry.field(description="The vendor's id of the image; `setDocumentInactive` takes it.")
    review_answer: str | None = strawberry.field(description="The vendor's verdict on this image, e.g. GREEN or RED.")
    reject_labels: list[VendorWord] = strawberry.field(description="Why it was refused, by label.")
    buttons: list[VendorWord] = strawberry.field(description="Why it was refused, by the button the reviewer pressed.")
    customer_comment: str | None = strawberry.field(description="The vendor's comment meant for the customer.")
    internal_comment: str | None = strawberry.field(
        description="The vendor's comment that must not reach the customer; null for callers who may not read it."
    )


@strawberry.type(description="One step of the vendor's flow: what was given for it, and what was thought of that.")
class VerificationStep:
    name: str = strawberry.field(description="The vendor's name of the step, e.g. IDENTITY.")
    review_answer: str | None = strawberry.field(description="The vendor's verdict on the step; null where nothing was judged.")
    document_type: str | None = strawberry.field(description="The vendor's word for the document that was given.")
    country: str | None = strawberry.field(description="The document's country, as the vendor writes it.")
    reject_labels: list[VendorWord] = strawberry.field(description="Why it was refused, by label.")
    customer_comment: str | None = strawberry.field(description="The vendor's comment meant for the customer.")
    internal_comment: str | None = strawberry.field(
        description="The vendor's comment that must not reach the customer; null for callers who may not read it."
    )
    images: list[ImageReview] = strawberry.field(description="The images of the document, the front first.")


@strawberry.type(description="Something that was done to a verification at its vendor.")
class VerificationAction:
    id: strawberry.ID = strawberry.field(description="The action's id.")
    kind: ActionKind = strawberry.field(description="What was done.")
    status: str = strawberry.field(description="REQUESTED, DONE, REFUSED, or UNCERTAIN where the vendor did not answer.")
    requested_by: str = strawberry.field(description="Whose credential asked for it.")
    error_code: str | None = strawberry.field(description="Why it was not done; null if it was.")
    created_at: dt.datetime = strawberry.field(description="When it was asked for.")
    ended_at: dt.datetime | None = strawberry.field(description="When the vendor had answered.")


@strawberry.type(description="A verification at a vendor, as last seen there. Only what was fetched from the vendor changes it.")
class Verification(Node):
    provider: ProviderName = strawberry.field(description="The vendor.")
    stage: Stage | None = strawberry.field(
        description="Where it stands, in our words; what was sure last, if the vendor's are new."
    )
    level: str | None = strawberry.field(description="The Sumsub level; null for Veriff.")
    integration: str | None = strawberry.field(description="The Veriff integration; null for Sumsub.")
    started_by: str | None = strawberry.field(description="The person who started it; null for an ingested one.")
    provider_reference: str | None = strawberry.field(description="The applicant's or session's id at the vendor.")
    review_status: str | None = strawberry.field(description="The vendor's own word for where it stands, as it came.")
    review_answer: ReviewAnswer | None = strawberry.field(description="The vendor's verdict; null while there is none.")
    reject_labels: list[str] = strawberry.field(description="The vendor's labels for a refusal, as they came.")
    reject_type: RejectType | None = strawberry.field(description="Whether the customer may try again after a refusal.")
    attempt: int = strawberry.field(description="Which of the vendor's reviews of this verification it is; 0 where not told.")
    active: bool = strawberry.field(description="Whether the profile is active at the vendor.")
    missing_since: dt.datetime | None = strawberry.field(description="Since when the vendor no longer has it; null while it has.")
    decided_at: dt.datetime | None = strawberry.field(description="When the vendor decided.")
    looked_at: dt.datetime | None = strawberry.field(description="When the vendor was last asked.")
    created_at: dt.datetime = strawberry.field(description="When it became known here.")
    updated_at: dt.datetime = strawberry.field(description="When it last changed.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The customer it is about.")
    async def customer(self, info: Info) -> AnyCustomer:
        from api.customer.customer import Customer

        return Customer.of(await info.context.loaders.customer_by_id.load(self.row.customer_id))

    @strawberry.field(description="The vendor's labels with what they mean.")
    def reject_reasons(self, info: Info) -> list[VendorWord]:
        return _words(info.context, self.row, self.row.reject_labels)

    @strawberry.field(description="Why the applicant was refused, by the buttons the reviewer pressed.")
    async def buttons(self, info: Info) -> list[VendorWord]:
        return _words(info.context, self.row, (await self._details(info.context)).get("buttons", []))

    @strawberry.field(description="The vendor's comment meant for the customer.")
    async def customer_comment(self, info: Info) -> str | None:
        return (await self._details(info.context)).get("customerComment")

    @strawberry.field(description="The vendor's comment that must not reach the customer; null for callers who may not read it.")
    async def internal_comment(self, info: Info) -> str | None:
        return (await self._details(info.context)).get("internalComment") if _internal(info.context) else None

    @strawberry.field(description="The vendor's page for the customer, of a verification started here; null once it has ended.")
    async def link(self, info: Info) -> URL | None:
        cipher = await info.context.loaders.cipher_by_customer.load(self.row.customer_id)
        found = verification.link(info.context.deps, self.row, cipher) if cipher else None
        return URL(found) if found else None

    @strawberry.field(description="The steps of the vendor's flow, with their documents and images.")
    async def steps(self, info: Info) -> list[VerificationStep]:
        details = await self._details(info.context)
        return [_step(info.context, self.row, step) for step in details.get("steps", [])]

    @strawberry.field(description="What was done to it by somebody here, newest first; at most a hundred.")
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
        description="One of the vendor's own records, read from the vendor now, as it came. It holds personal data and comments "
        "that must not reach the customer: only for people who may read both. Null where the vendor has no such record."
    )
    async def vendor_record(
        self,
        info: Info,
        record: Annotated[VendorRecord, strawberry.argument(description="Which record. `providers` says what each vendor has.")],
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


@strawberry.input(description="Which verifications are wanted; what is left out does not restrict.")
class VerificationFilter:
    customer_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only of this customer.")
    provider: ProviderName | None = strawberry.field(default=strawberry.UNSET, description="Only at this vendor.")
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
        id: Annotated[strawberry.ID, strawberry.argument(description="The verification's id.")],
    ) -> Verification | None:
        info.context.require(Right.READ)
        return await by_id(info.context, id) if ids.kind(id) == "ver" else None

    @strawberry.field(description="The verifications, newest first.")
    async def verifications(
        self,
        info: Info,
        filter: Annotated[
            VerificationFilter | None, strawberry.argument(description="Which verifications are wanted.")
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
