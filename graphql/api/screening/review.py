"""Compliance review: verdicts on hits, decisions about customers, rescreening, and the watch lists in use."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry

from api.context import Info
from api.customer import customer
from api.customer.customer import Customer
from api.errors import UserError, user_errors
from api.scalars import KEY, given
from api.screening import screening
from api.screening.enums import AmlDecision, HitVerdict
from api.screening.screening import AmlHit
from app.domain.credential import Right
from app.errors import UserFault, UserFaults
from app.service.screening import aml_decision as service
from app.service.screening import watch_list
from app.service.trust.actor import Actor

COMMENT = "The reason, kept on record and encrypted. At most 2,000 characters."


@strawberry.input(description="The input of `reviewAmlHit`.")
class ReviewAmlHitInput:
    hit_id: strawberry.ID = strawberry.field(description="The id of the hit, beginning with hit_.")
    verdict: HitVerdict = strawberry.field(description="The verdict: FALSE_POSITIVE or TRUE_POSITIVE.")
    comment: str = strawberry.field(description=COMMENT)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.type(description="The result of `reviewAmlHit`.")
class ReviewAmlHitPayload:
    hit: AmlHit | None = strawberry.field(description="The hit as judged; null if it was refused.")
    customer: Customer | None = strawberry.field(description="The customer it is about; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.input(description="The input of `resolveAml`.")
class ResolveAmlInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    decision: AmlDecision = strawberry.field(description="The decision on the customer.")
    comment: str = strawberry.field(description=COMMENT)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.type(description="The result of `resolveAml`.")
class ResolveAmlPayload:
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type(description="A list that customers are looked for in.")
class WatchList:
    name: str = strawberry.field(description="The name of the watch list.")
    version: str = strawberry.field(description="The version that is looked into.")
    format: str = strawberry.field(description="The format of the file it came from: ofac, simple or ftm.")
    licence: str = strawberry.field(description="The licence under which its data may be used.")
    entries: int = strawberry.field(description="The number of people on the list.")
    threshold: float = strawberry.field(description="The lowest score, from 0 to 1, that is reported as a hit.")
    imported_at: dt.datetime = strawberry.field(description="The time at which this version was imported.")


@strawberry.type
class AmlMutation:
    @strawberry.mutation(description="Judges a hit, while aml.status is NEEDS_REVIEW. Needs a person with the role compliance.")
    async def review_aml_hit(
        self,
        info: Info,
        input: Annotated[ReviewAmlHitInput, strawberry.argument(description="The hit, the verdict and the reason.")],
    ) -> ReviewAmlHitPayload:
        context = info.context
        by = Actor.of(context.require_person(Right.JUDGE))
        judgement = service.Judgement(by, input.hit_id, input.verdict, input.comment, given(input.idempotency_key))
        try:
            await service.judge(context.deps, judgement)
        except (UserFault, UserFaults) as refusal:
            return ReviewAmlHitPayload(hit=None, customer=None, user_errors=user_errors(refusal))
        found = await screening.hit_by_id(context, input.hit_id)
        owner = await customer.by_id(context, found.row.customer_id) if found else None
        return ReviewAmlHitPayload(hit=found, customer=owner, user_errors=[])

    @strawberry.mutation(
        description="Records the decision on a customer, once every hit is judged. Needs a person with the role compliance; where "
        "the firm wants two, the first decision waits until a second person decides the same."
    )
    async def resolve_aml(
        self,
        info: Info,
        input: Annotated[ResolveAmlInput, strawberry.argument(description="The customer, the decision and the reason.")],
    ) -> ResolveAmlPayload:
        context = info.context
        by = Actor.of(context.require_person(Right.JUDGE))
        resolution = service.Resolution(by, input.customer_id, input.decision, input.comment, given(input.idempotency_key))
        try:
            await service.resolve(context.deps, resolution)
        except (UserFault, UserFaults) as refusal:
            return ResolveAmlPayload(customer=None, user_errors=user_errors(refusal))
        return ResolveAmlPayload(customer=await customer.by_id(context, input.customer_id), user_errors=[])


@strawberry.type
class WatchListQuery:
    @strawberry.field(description="The lists that customers are looked for in, by name. `gatehouse lists import` brings them in.")
    async def watch_lists(self, info: Info) -> list[WatchList]:
        context = info.context
        context.require(Right.READ)
        async with context.deps.database.reading() as connection:
            rows = await watch_list.active(connection)
        return [
            WatchList(
                name=row.name,
                version=row.version,
                format=row.format,
                licence=row.licence,
                entries=row.entries,
                threshold=row.threshold,
                imported_at=row.imported_at,
            )
            for row in rows
        ]
