"""Stuck customers, each with the cause and the remedy, and statistics of verifications."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import strawberry

from api.context import Info
from api.customer import customer
from api.customer.customer import Customer
from api.relay.connection import After, First, page_of, window
from api.relay.node import Connection, connection
from api.scalars import described, given
from app.domain.credential import Right
from app.domain.stuck import ADVICE, Cause
from app.errors import BadRequest
from app.service.customer import stuck
from app.service.trust import cursor

described(
    Cause,
    "The cause for which a customer is stuck.",
    {cause.name: advice.meaning for cause, advice in ADVICE.items()},
    name="StuckCause",
)
KIND = "stuck"
DAYS_MOST = 366


@strawberry.type(description="A customer that does not get on.")
class StuckVerification:
    cause: Cause = strawberry.field(description="The cause of the delay.")
    since: dt.datetime = strawberry.field(description="The time since which the customer is stuck.")
    message: str = strawberry.field(description="The meaning in a sentence for people.")
    next_step: str = strawberry.field(description="The next step for a person; null if none is known.")
    api: str = strawberry.field(description="The field or mutation of this API that helps.")
    command: str = strawberry.field(description="The command that helps.")
    customer_id: strawberry.Private[str]

    @strawberry.field(description="The customer that this is about.")
    async def customer(self, info: Info) -> Customer:
        found = await customer.by_id(info.context, self.customer_id)
        assert found is not None
        return found

    @classmethod
    def of(cls, row: Any) -> StuckVerification:
        cause = Cause(row.cause)
        advice = ADVICE[cause]
        return cls(
            cause=cause,
            since=row.since,
            message=advice.meaning,
            next_step=advice.next_step,
            api=advice.api,
            command=advice.command,
            customer_id=row.customer_id,
        )


@strawberry.type(description="Counts and durations of the verifications that were started in the last days.")
class VerificationFigures:
    started: int = strawberry.field(description="The number of verifications started in the period.")
    verified: int = strawberry.field(description="The number of them that were approved.")
    failed: int = strawberry.field(description="The number of them that were refused or expired.")
    conversion: float | None = strawberry.field(description="Verified by started, from 0 to 1; null while nothing was started.")
    median_seconds_to_verify: float | None = strawberry.field(description="Half of them took no longer than this, in seconds.")
    slowest_tenth_seconds_to_verify: float | None = strawberry.field(description="One in ten took at least this long, in seconds.")


@strawberry.type
class StuckQuery:
    @strawberry.field(description="Customers that do not get on, the longest first, each with why and the next step.")
    async def stuck_verifications(
        self,
        info: Info,
        causes: Annotated[list[Cause] | None, strawberry.argument(description="Only for these reasons.")] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> Connection[StuckVerification]:
        context = info.context
        context.require(Right.READ)
        asked = window(first, after, strawberry.UNSET, strawberry.UNSET)
        place = None
        if asked.after is not None:
            since, customer_id, cause = map(str, cursor.decode(context.deps.vault, KIND, context.tenant_id, asked.after))
            place = dt.datetime.fromisoformat(since), customer_id, cause
        async with context.deps.database.reading() as reading:
            rows = await stuck.page(
                reading,
                at=context.deps.clock.now(),
                limit=asked.size + 1,
                tenant_id=context.tenant_id,
                causes=given(causes),
                after=place,
            )

        def made(row: Any) -> str:
            return cursor.encode(context.deps.vault, KIND, context.tenant_id, row.since.isoformat(), row.customer_id, row.cause)

        found = page_of(rows, asked, made)
        return connection(found, [StuckVerification.of(row) for row in found.rows])

    @strawberry.field(description="Counts and durations of the verifications that were started in the last days.")
    async def verification_figures(
        self,
        info: Info,
        days: Annotated[int, strawberry.argument(description="The number of days to look back, from 1 to 366.")] = 30,
    ) -> VerificationFigures:
        context = info.context
        context.require(Right.READ)
        if not 1 <= days <= DAYS_MOST:
            raise BadRequest(f"days lies between 1 and {DAYS_MOST}.")
        since = context.deps.clock.now() - dt.timedelta(days=days)
        async with context.deps.database.reading() as reading:
            found = await stuck.figures(reading, since=since, tenant_id=context.tenant_id)
        return VerificationFigures(
            started=found.started,
            verified=found.verified,
            failed=found.failed,
            conversion=found.conversion,
            median_seconds_to_verify=found.median_seconds,
            slowest_tenth_seconds_to_verify=found.slowest_tenth_seconds,
        )
