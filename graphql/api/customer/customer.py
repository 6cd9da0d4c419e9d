"""Customers: read, listed and followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry

from api.context import Context, Info
from api.customer import overview
from api.customer.change import CustomerChange
from api.customer.enums import CustomerStatus, CustomerType, KycStatus, NextActionCode, RiskLevel
from api.customer.overview import KycProcessOverview
from api.declaration.view import KycData, view
from api.event import event
from api.event.event import Event
from api.ingestion import ingestion
from api.ingestion.ingestion import Ingestion
from api.relay.connection import After, Before, First, Last, newest_first, window
from api.relay.node import MASK, Connection, Node, connection, masked
from api.scalars import URL, given
from api.screening.enums import AmlStatus
from api.screening.screening import Aml
from api.verification.verification import Verification
from app.domain import ids, resubmission
from app.domain.credential import Right
from app.domain.customer import next_action as action_for
from app.domain.customer import own_action
from app.domain.customer import status as status_of
from app.domain.event import EventType
from app.domain.kyc.missing import Required
from app.errors import BadRequest, NotFound
from app.model.customer import standing
from app.service.customer import customer, declaration
from app.service.customer.customer import CustomerFilter as Wanted
from app.service.event import EventFilter as WantedEvents
from app.service.ingestion.ingestion import IngestionFilter as WantedIngestions
from app.service.verification import hosted, verification

ABOUT_SCREENING = frozenset({
    EventType.AML_STATUS_CHANGED, EventType.AML_HIT_FOUND, EventType.AML_HIT_REVIEWED, EventType.AML_HIT_WITHDRAWN,
    EventType.AML_DECISION_PROPOSED,
})  # fmt: skip
FOLLOWED = ABOUT_SCREENING | {EventType.CUSTOMER_STATE_CHANGED, EventType.CUSTOMER_KYC_STATUS_CHANGED}


@strawberry.type(description="The next step for the caller's application.")
class NextAction:
    code: NextActionCode = strawberry.field(description="A stable code of the step, for programs.")
    message: str = strawberry.field(description="Safe to show to a person at the caller's firm.")
    customer_message: str | None = strawberry.field(
        description="Safe to show to the customer; null where there is nothing to tell."
    )
    since: dt.datetime = strawberry.field(description="Since when this is so.")


@strawberry.type(description="Something that must be given, or given again.")
class RequiredInformation:
    field: str = strawberry.field(description="The field, as a path in `kycData` joined with dots, e.g. address.postalCode.")
    reason: str = strawberry.field(description="The reason: missing_field, unusable_image, or the provider's own label.")
    message: str = strawberry.field(description="The instruction for the customer, safe to show.")


@strawberry.type(description="A person the firm must know.")
class Customer(Node):
    external_id: str | None = strawberry.field(description="The caller's own id for the customer, unique in the tenant.")
    type: CustomerType = strawberry.field(description="The kind of party; only individuals are supported.")
    status: CustomerStatus = strawberry.field(description="The overall status, computed from `kycStatus` and `aml.status`.")
    kyc_status: KycStatus = strawberry.field(description="The status of the identity verification.")
    aml: Aml = strawberry.field(description="The screening against sanctions and watch lists, with its hits.")
    risk_level: RiskLevel = strawberry.field(description="The risk level your firm has set with `setRiskLevel`.")
    tags: list[str] = strawberry.field(description="Words the firm has put on the customer.")
    created_at: dt.datetime = strawberry.field(description="The time at which the customer was created.")
    updated_at: dt.datetime = strawberry.field(description="The time of the customer's last change.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The next step for the caller's application; for a customer's own token, for the customer.")
    def next_action(self, info: Info) -> NextAction:
        stands = standing(self.row)
        action = action_for(stands)
        return NextAction(
            code=own_action(stands) if info.context.caller.customer_id else action.code,
            message=action.message,
            customer_message=action.customer_message,
            since=self.row.status_since,
        )

    @strawberry.field(description="The hosted page on which this customer gives data and verifies; good for at least a month.")
    def verification_link(self, info: Info) -> URL:
        context = info.context
        return URL(f"{context.public_url}/verify/{hosted.link(context.deps, context.tenant_id, self.id)}")

    @strawberry.field(description="The e-mail address; masked for callers who may not read personal data.")
    async def email(self, info: Info) -> str:
        return await self._personal(info.context, "email") or MASK

    @strawberry.field(description="Given names, or the only name; masked for callers who may not read personal data.")
    async def first_name(self, info: Info) -> str:
        return await self._personal(info.context, "firstName") or MASK

    @strawberry.field(description="The family name; null for people with one name. Masked like the first name.")
    async def last_name(self, info: Info) -> str | None:
        return await self._personal(info.context, "lastName")

    @strawberry.field(description="The data declared so far; null until the first submission.")
    async def kyc_data(self, info: Info) -> KycData | None:
        cipher = await info.context.loaders.cipher_by_customer.load(self.id)
        if cipher is None or self.row.kyc_data is None:
            return None
        return await view(info.context, declaration.of(self.row, cipher))

    @strawberry.field(description="One line per KYC process: is it satisfied, and if not, why not.")
    async def kyc_overview(self, info: Info) -> list[KycProcessOverview]:
        return await overview.of_customer(info.context, self.row)

    @strawberry.field(description="Fields that the customer must still give, or give again; empty if none.")
    async def required_information(self, info: Info) -> list[RequiredInformation]:
        asked = list(self.row.required_fields or ())
        if self.kyc_status is KycStatus.AWAITING_RESUBMISSION:
            asked += [item.plain() for item in await self._asked_again(info.context)]
        return [RequiredInformation(field=item["field"], reason=item["reason"], message=item["message"]) for item in asked]

    async def _asked_again(self, context: Context) -> list[Required]:
        """Returns the fields that the provider requires again."""
        row = await context.loaders.verification_by_customer.load(self.id)
        cipher = await context.loaders.cipher_by_customer.load(self.id)
        if row is None or cipher is None or row.details is None:
            return []
        return resubmission.required(cipher.open_json(row.details, verification.DETAILS), row.reject_labels)

    @strawberry.field(description="The customer's ingestions, newest first.")
    async def ingestions(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[Ingestion]:
        return await ingestion.page(info.context, WantedIngestions(customer_id=self.id), first, after, last, before)

    @strawberry.field(description="The current or last verification at a provider; null where there is none.")
    async def verification(self, info: Info) -> Verification | None:
        row = await info.context.loaders.verification_by_customer.load(self.id)
        return Verification.of(row) if row else None

    @strawberry.field(description="Decisions of your firm about the customer, newest first; at most 100.")
    async def changes(self, info: Info) -> list[CustomerChange]:
        loaders, internal = info.context.loaders, info.context.caller.may(Right.READ_INTERNAL)
        cipher = await loaders.cipher_by_customer.load(self.id) if internal else None
        return [CustomerChange.of(row, cipher) for row in await loaders.changes_by_customer.load(self.id)]

    @strawberry.field(description="The events about the customer, oldest first.")
    async def events(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[Event]:
        return await event.page(info.context, WantedEvents(customer_id=self.id), first, after, last, before)

    async def _personal(self, context: Context, name: str) -> str | None:
        cipher = await context.loaders.cipher_by_customer.load(self.id)
        if cipher is None:
            return None
        return masked(cipher.open_json(self.row.personal, customer.PERSONAL).get(name), clear=context.clear)

    @classmethod
    def of(cls, row: Any) -> Customer:
        stands = standing(row)
        return cls(
            id=strawberry.ID(row.id),
            external_id=row.external_id,
            type=CustomerType(row.type),
            status=status_of(stands),
            kyc_status=stands.kyc,
            aml=Aml.of(row),
            risk_level=RiskLevel(row.risk_level),
            tags=row.tags,
            created_at=row.created_at,
            updated_at=row.updated_at,
            row=row,
        )


@strawberry.input(description="Conditions for customers. Omitted fields do not restrict.")
class CustomerFilter:
    external_id: str | None = strawberry.field(default=strawberry.UNSET, description="Only with this external id.")
    kyc_status: list[KycStatus] | None = strawberry.field(default=strawberry.UNSET, description="Only with one of these statuses.")
    aml_status: list[AmlStatus] | None = strawberry.field(default=strawberry.UNSET, description="Only with one of these statuses.")
    created_after: dt.datetime | None = strawberry.field(default=strawberry.UNSET, description="Only created after this.")
    created_before: dt.datetime | None = strawberry.field(default=strawberry.UNSET, description="Only created before this.")

    def wanted(self) -> Wanted:
        return Wanted(
            given(self.external_id),
            given(self.kyc_status),
            given(self.aml_status),
            given(self.created_after),
            given(self.created_before),
        )


async def by_id(context: Context, customer_id: str) -> Customer | None:
    row = await context.loaders.customer_by_id.load(customer_id) if ids.kind(customer_id) == "cus" else None
    return Customer.of(row) if row else None


IdOfCustomer = Annotated[strawberry.ID, strawberry.argument(description="The id of the customer, beginning with cus_.")]


@strawberry.type
class CustomerQuery:
    @strawberry.field(description="One customer, by id or by external id; null for one that is unknown or of another tenant.")
    async def customer(
        self,
        info: Info,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The id of the customer, beginning with cus_.")
        ] = strawberry.UNSET,
        external_id: Annotated[
            str | None, strawberry.argument(description="The caller's own id for the customer.")
        ] = strawberry.UNSET,
    ) -> Customer | None:
        context = info.context
        wanted_id, wanted_external = given(id), given(external_id)
        context.require_for(wanted_id or "", Right.READ)
        if (wanted_id is None) == (wanted_external is None):
            raise BadRequest("Give either id or externalId.")
        if wanted_id is not None:
            return await by_id(context, wanted_id)
        async with context.deps.database.reading() as connection_:
            row = await customer.by_external_id(connection_, context.tenant_id, str(wanted_external))
        return Customer.of(row) if row else None

    @strawberry.field(description="The customers, newest first.")
    async def customers(
        self,
        info: Info,
        filter: Annotated[
            CustomerFilter | None,
            strawberry.argument(description="Conditions that the customers must meet. Omit it to return all."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[Customer]:
        context = info.context
        context.require(Right.READ)
        wanted = filter.wanted() if filter else Wanted()
        found = await newest_first(context, "customer", customer.page, wanted, window(first, after, last, before))
        return connection(found, [Customer.of(row) for row in found.rows])


@strawberry.type
class CustomerSubscription:
    @strawberry.subscription(description="The customer now, then again after each change of status, kycStatus, aml or nextAction.")
    async def customer(self, info: Info, id: IdOfCustomer) -> AsyncGenerator[Customer, None]:
        context = info.context
        context.require_for(id, Right.READ)
        feed = context.feed
        assert feed is not None
        if await feed.begin():
            now = await by_id(context, id)
            if now is None:
                raise NotFound("There is no such customer.")
            yield now
        # The mere fact of a change would reveal hits, so a customer's own token receives no events about them.
        followed = FOLLOWED - ABOUT_SCREENING if context.caller.customer_id else FOLLOWED
        async for row in feed.follow():
            if row.customer_id == id and row.type in followed:
                context.renew()
                now = await by_id(context, id)
                assert now is not None
                yield now
