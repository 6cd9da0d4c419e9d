"""Webhook events from providers, with the outcome of each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.context import Context, Info
from api.provider.enums import InboundStatus, ProviderName
from api.relay.connection import After, Before, First, Last, newest_first, window
from api.relay.node import Connection, Node, connection
from api.scalars import given
from api.verification.verification import Verification
from app.domain.credential import Right
from app.service.verification import inbound

if TYPE_CHECKING:
    from api.customer.customer import Customer

AnyCustomer = Annotated["Customer", strawberry.lazy("api.customer.customer")]


@strawberry.type(
    description="An event that a provider sent. Only proven ones are stored; its content is a hint, the state is always fetched."
)
class ProviderEvent(Node):
    provider: ProviderName = strawberry.field(description="The provider that sent it.")
    type: str = strawberry.field(description="The provider's own type, known here or not.")
    subject: str | None = strawberry.field(description="The provider's id of what it is about.")
    status: InboundStatus = strawberry.field(
        description="UNMATCHED until its verification is known, then WAITING for a refresh, then HANDLED."
    )
    verified: bool = strawberry.field(description="True if the signature is valid; always true, because others are not stored.")
    handled: bool = strawberry.field(description="True once the provider's state was fetched after the event.")
    changed: bool | None = strawberry.field(description="True if that fetch found anything new; null until it is handled.")
    sent_at: dt.datetime | None = strawberry.field(description="The time of the event according to the provider; null if not told.")
    received_at: dt.datetime = strawberry.field(description="The time at which the event arrived.")
    handled_at: dt.datetime | None = strawberry.field(description="The time at which the event was handled; null until then.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The verification it is about; null while that is not known here.")
    async def verification(self, info: Info) -> Verification | None:
        if self.row.verification_id is None:
            return None
        row = await info.context.loaders.verification_by_id.load(self.row.verification_id)
        return Verification.of(row) if row else None

    @strawberry.field(description="The customer it is about; null while that is not known.")
    async def customer(self, info: Info) -> AnyCustomer | None:
        from api.customer.customer import Customer

        if self.row.customer_id is None:
            return None
        row = await info.context.loaders.customer_by_id.load(self.row.customer_id)
        return Customer.of(row) if row else None

    @classmethod
    def of(cls, row: Any) -> ProviderEvent:
        return cls(
            id=strawberry.ID(row.id),
            provider=ProviderName(row.provider),
            type=row.type,
            subject=row.subject,
            status=InboundStatus(row.status),
            verified=True,
            handled=row.status == InboundStatus.HANDLED,
            changed=row.changed,
            sent_at=row.sent_at,
            received_at=row.received_at,
            handled_at=row.handled_at,
            row=row,
        )


@strawberry.input(description="Conditions for provider events. Omitted fields do not restrict.")
class ProviderEventFilter:
    provider: ProviderName | None = strawberry.field(default=strawberry.UNSET, description="Only from this provider.")
    types: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Only of these types.")
    status: list[InboundStatus] | None = strawberry.field(default=strawberry.UNSET, description="Only with one of these statuses.")
    customer_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only about this customer.")
    subject: str | None = strawberry.field(default=strawberry.UNSET, description="Only about this id of the provider's.")

    def wanted(self) -> inbound.InboundFilter:
        return inbound.InboundFilter(
            given(self.provider), given(self.customer_id), given(self.subject), given(self.types), given(self.status)
        )


async def by_id(context: Context, event_id: str) -> ProviderEvent | None:
    async with context.deps.database.reading() as connection_:
        rows = await inbound.by_ids(connection_, context.tenant_id, [event_id])
    return ProviderEvent.of(rows[0]) if rows else None


@strawberry.type
class ProviderEventQuery:
    @strawberry.field(description="The webhooks that providers sent, newest first.")
    async def provider_events(
        self,
        info: Info,
        filter: Annotated[
            ProviderEventFilter | None,
            strawberry.argument(description="Conditions that the events must meet. Omit it to return all."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[ProviderEvent]:
        context = info.context
        context.require(Right.READ)
        wanted = filter.wanted() if filter else inbound.InboundFilter()
        found = await newest_first(context, "provider_event", inbound.page, wanted, window(first, after, last, before))
        return connection(found, [ProviderEvent.of(row) for row in found.rows])
