"""Events: the log as a list and as a subscription, with the same cursors and the same bodies."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from api.context import Context, Info
from api.relay.connection import After, Before, First, Last, Page, page_of, window
from api.relay.node import Connection, Node, connection
from api.scalars import given
from app.domain.credential import Right
from app.service import event as log
from app.service.trust import cursor

if TYPE_CHECKING:
    from api.customer.customer import Customer
    from api.ingestion.ingestion import Ingestion

AnyCustomer = Annotated["Customer", strawberry.lazy("api.customer.customer")]
AnyIngestion = Annotated["Ingestion", strawberry.lazy("api.ingestion.ingestion")]


@strawberry.type(description="One entry of the event log: something changed. Entries are never altered or removed.")
class Event(Node):
    cursor: str = strawberry.field(description="Opaque. `events(after: cursor)` goes on behind this event.")
    type: str = strawberry.field(description="The event type, for example ingestion.status_changed.")
    created_at: dt.datetime = strawberry.field(description="The time at which the event was recorded.")
    data: JSON = strawberry.field(description="The details of the change: ids and statuses, never personal data.")
    customer_id: strawberry.Private[str | None]
    ingestion_id: strawberry.Private[str | None]

    @strawberry.field(description="The customer it is about, as the customer is now.")
    async def customer(self, info: Info) -> AnyCustomer | None:
        from api.customer.customer import Customer

        if self.customer_id is None:
            return None
        row = await info.context.loaders.customer_by_id.load(self.customer_id)
        return Customer.of(row) if row else None

    @strawberry.field(description="The ingestion it is about, as the ingestion is now.")
    async def ingestion(self, info: Info) -> AnyIngestion | None:
        from api.ingestion.ingestion import Ingestion

        if self.ingestion_id is None:
            return None
        row = await info.context.loaders.ingestion_by_id.load(self.ingestion_id)
        return Ingestion.of(row) if row else None

    @classmethod
    def of(cls, row: Any, context: Context, epoch: int) -> Event:
        return cls(
            id=strawberry.ID(row.id),
            cursor=cursor.event(context.deps.vault, context.tenant_id, epoch, row.seq),
            type=row.type,
            created_at=row.created_at,
            data=row.data,
            customer_id=row.customer_id,
            ingestion_id=row.ingestion_id,
        )


@strawberry.input(description="Conditions for events. Omitted fields do not restrict.")
class EventFilter:
    types: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Only events of these types.")
    customer_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only about this customer.")
    ingestion_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only about this ingestion.")

    def wanted(self) -> log.EventFilter:
        types = given(self.types)
        return log.EventFilter(frozenset(types) if types is not None else None, given(self.customer_id), given(self.ingestion_id))


Filter = Annotated[
    EventFilter | None, strawberry.argument(description="Conditions that the events must meet. Omit it to return all.")
]


async def page(
    context: Context,
    wanted: log.EventFilter,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> Connection[Event]:
    """Returns a page of events, oldest first. An edge's cursor is the event's own."""
    asked = window(first, after, last, before)
    deps, tenant_id = context.deps, context.tenant_id
    async with deps.database.reading() as connection_:
        epoch, _ = await log.head(connection_, tenant_id)

        def place(text: str | None) -> int | None:
            return None if text is None else cursor.event_seq(deps.vault, tenant_id, epoch, text)

        low, high = place(asked.after), place(asked.before)
        if asked.backwards:
            rows = list(reversed(await log.before(connection_, tenant_id, high, limit=asked.size + 1, matching=wanted)))
            rows = [row for row in rows if low is None or row.seq > low]
        else:
            rows = list(await log.after(connection_, tenant_id, low or 0, limit=asked.size + 1, matching=wanted))
            rows = [row for row in rows if high is None or row.seq < high]
    found: Page = page_of(rows, asked, lambda row: cursor.event(deps.vault, tenant_id, epoch, row.seq))
    return connection(found, [Event.of(row, context, epoch) for row in found.rows])


async def by_id(context: Context, event_id: str) -> Event | None:
    async with context.deps.database.reading() as connection_:
        found = await log.by_id(connection_, context.tenant_id, event_id)
    return Event.of(found[0], context, found[1]) if found else None


@strawberry.type
class EventQuery:
    @strawberry.field(description="The event log, oldest first.")
    async def events(
        self,
        info: Info,
        filter: Filter = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[Event]:
        info.context.require(Right.READ)
        wanted = filter.wanted() if filter else log.EventFilter()
        return await page(info.context, wanted, first, after, last, before)


@strawberry.type
class EventSubscription:
    @strawberry.subscription(
        description="Every event behind `after`, in order, without a gap and without a repeat, then live. "
        "Without `after`: live only."
    )
    async def events(
        self,
        info: Info,
        filter: Filter = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> AsyncGenerator[Event, None]:
        context = info.context
        context.require(Right.READ)
        feed = context.feed
        assert feed is not None
        wanted = filter.wanted() if filter else log.EventFilter()
        place = given(after)
        epoch = feed.tail.epoch
        await feed.begin(at=None if place is None else cursor.event_seq(context.deps.vault, context.tenant_id, epoch, place))
        async for row in feed.follow():
            if wanted.matches(row):
                context.renew()
                yield Event.of(row, context, epoch)
