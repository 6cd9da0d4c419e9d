"""Ingestions: the mutation, the queries and the subscription."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.context import Context, Info
from api.errors import UserError, user_errors
from api.ingestion.enums import IngestionStatus, KycProcess
from api.ingestion.result import ProcessResult
from api.provider.enums import ProviderName
from api.relay.connection import After, Before, First, Last, newest_first, window
from api.relay.node import Connection, Node, connection
from api.scalars import KEY, given
from app.domain import ids
from app.domain.credential import Right
from app.domain.ingestion import SourceKind
from app.domain.reference import DEFAULT_INTEGRATION, Reference
from app.errors import NotFound, UserFault, UserFaults
from app.service.ingestion import ingestion
from app.service.ingestion.ingestion import IngestionFilter as Wanted
from app.service.ingestion.ingestion import NewIngestion
from app.service.ingestion.source import Source

if TYPE_CHECKING:
    from api.customer.customer import Customer

AnyCustomer = Annotated["Customer", strawberry.lazy("api.customer.customer")]
IdOfIngestion = Annotated[strawberry.ID, strawberry.argument(description="The id of the ingestion, beginning with ing_.")]


@strawberry.type(description="The work of fetching one approved verification and turning it into process results.")
class Ingestion(Node):
    provider: ProviderName = strawberry.field(description="The provider that holds the verification.")
    status: IngestionStatus = strawberry.field(
        description="The current status, from QUEUED to RUNNING to FINISHED. Failures belong to a process."
    )
    processes: list[KycProcess] = strawberry.field(description="The processes asked for, in the order requested.")
    attempts: int = strawberry.field(description="The number of times a worker has claimed it.")
    created_at: dt.datetime = strawberry.field(description="The time at which it was requested.")
    started_at: dt.datetime | None = strawberry.field(description="The time at which a worker first claimed it; null while QUEUED.")
    finished_at: dt.datetime | None = strawberry.field(description="The time at which it finished; null until FINISHED.")
    customer_id: strawberry.Private[str]

    @strawberry.field(description="The customer it is for.")
    async def customer(self, info: Info) -> AnyCustomer:
        from api.customer.customer import Customer

        return Customer.of(await info.context.loaders.customer_by_id.load(self.customer_id))

    @strawberry.field(description="One result per process, in the order requested, from the moment it is queued.")
    async def results(self, info: Info) -> list[ProcessResult]:
        rows = await info.context.loaders.results_by_ingestion.load(self.id)
        return [ProcessResult.of(row) for row in rows]

    @classmethod
    def of(cls, row: Any) -> Ingestion:
        return cls(
            id=strawberry.ID(row.id),
            provider=ProviderName(row.provider),
            status=IngestionStatus(row.status),
            processes=[KycProcess(name) for name in row.processes],
            attempts=row.attempts,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            customer_id=row.customer_id,
        )


@strawberry.input(description="Conditions for ingestions. Omitted fields do not restrict.")
class IngestionFilter:
    customer_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only of this customer.")
    status: list[IngestionStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="Only with one of these statuses."
    )
    provider: ProviderName | None = strawberry.field(default=strawberry.UNSET, description="Only from this provider.")


@strawberry.input(one_of=True, description="A verification at Sumsub, named by a share token or by an applicant's id.")
class SumsubSource:
    share_token: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A single-use token by which another Sumsub client shares an applicant. At most 1 KB; never echoed.",
    )
    applicant_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The id of an approved applicant in the account configured here."
    )


@strawberry.input(description="One session at Veriff.")
class VeriffSession:
    session_id: strawberry.ID = strawberry.field(description="The id of the session at Veriff.")
    integration: str | None = strawberry.field(
        default=strawberry.UNSET, description="The integration whose keys read it; `default` if left out."
    )
    processes: list[KycProcess] | None = strawberry.field(
        default=strawberry.UNSET, description="The processes to take from this session. Omit it for all that its integration gives."
    )

    def reference(self) -> Reference:
        processes = given(self.processes)
        return Reference(
            self.session_id, given(self.integration) or DEFAULT_INTEGRATION, None if processes is None else tuple(processes)
        )


@strawberry.input(description="A verification at Veriff, named by its sessions.")
class VeriffSource:
    sessions: list[VeriffSession] = strawberry.field(description="At least one session.")


@strawberry.input(one_of=True, description="The approved verification: exactly one provider.")
class IngestionSource:
    sumsub: SumsubSource | None = strawberry.field(default=strawberry.UNSET, description="A verification at Sumsub.")
    veriff: VeriffSource | None = strawberry.field(default=strawberry.UNSET, description="A verification at Veriff.")


@strawberry.input(description="The input of `createIngestion`.")
class CreateIngestionInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer it is for.")
    source: IngestionSource = strawberry.field(description="The approved verification to ingest, at one provider.")
    processes: list[KycProcess] | None = strawberry.field(
        default=strawberry.UNSET, description="The processes wanted; all that the source can give if left out."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=KEY,
    )

    def new(self) -> NewIngestion:
        processes = given(self.processes)
        return NewIngestion(
            self.customer_id, self._source(), None if processes is None else tuple(processes), given(self.idempotency_key)
        )

    def _source(self) -> Source:
        sumsub, veriff = given(self.source.sumsub), given(self.source.veriff)
        if veriff is not None:
            return Source(ProviderName.VERIFF, SourceKind.SESSIONS, sessions=tuple(item.reference() for item in veriff.sessions))
        assert sumsub is not None
        if given(sumsub.share_token) is not None:
            return Source(ProviderName.SUMSUB, SourceKind.SHARE_TOKEN, str(sumsub.share_token))
        return Source(ProviderName.SUMSUB, SourceKind.APPLICANT_ID, str(sumsub.applicant_id))


@strawberry.type(description="The result of `createIngestion`.")
class CreateIngestionPayload:
    ingestion: Ingestion | None = strawberry.field(description="The ingestion; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


async def by_id(context: Context, ingestion_id: str) -> Ingestion | None:
    row = await context.loaders.ingestion_by_id.load(ingestion_id) if ids.kind(ingestion_id) == "ing" else None
    return Ingestion.of(row) if row else None


async def page(
    context: Context, wanted: Wanted, first: int | None, after: str | None, last: int | None, before: str | None
) -> Connection[Ingestion]:
    found = await newest_first(context, "ingestion", ingestion.page, wanted, window(first, after, last, before))
    return connection(found, [Ingestion.of(row) for row in found.rows])


@strawberry.type
class IngestionQuery:
    @strawberry.field(description="One ingestion; null for an id that is unknown, of another kind or of another tenant.")
    async def ingestion(self, info: Info, id: IdOfIngestion) -> Ingestion | None:
        info.context.require(Right.READ)
        return await by_id(info.context, id)

    @strawberry.field(description="The ingestions, newest first.")
    async def ingestions(
        self,
        info: Info,
        filter: Annotated[
            IngestionFilter | None,
            strawberry.argument(description="Conditions that the ingestions must meet. Omit it to return all."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[Ingestion]:
        info.context.require(Right.READ)
        wanted = Wanted(given(filter.customer_id), given(filter.status), given(filter.provider)) if filter else Wanted()
        return await page(info.context, wanted, first, after, last, before)


@strawberry.type
class IngestionMutation:
    @strawberry.mutation(description="Queues the ingestion of an approved verification.")
    async def create_ingestion(
        self,
        info: Info,
        input: Annotated[
            CreateIngestionInput, strawberry.argument(description="The customer, the source and the processes to ingest.")
        ],
    ) -> CreateIngestionPayload:
        context = info.context
        context.require(Right.WRITE)
        try:
            made = await ingestion.create(context.deps, context.tenant_id, input.new(), context.offered)
        except (UserFault, UserFaults) as refusal:
            return CreateIngestionPayload(ingestion=None, user_errors=user_errors(refusal))
        return CreateIngestionPayload(ingestion=await by_id(context, made), user_errors=[])


@strawberry.type
class IngestionSubscription:
    @strawberry.subscription(
        description="The ingestion now, then again after each change of it or of one of its results; ends after FINISHED."
    )
    async def ingestion(self, info: Info, id: IdOfIngestion) -> AsyncGenerator[Ingestion, None]:
        context = info.context
        context.require(Right.READ)
        feed = context.feed
        assert feed is not None
        first = await feed.begin()
        if first:
            now = await by_id(context, id)
            if now is None:
                raise NotFound("There is no such ingestion.")
            feed.ended = now.status is IngestionStatus.FINISHED
            yield now
        if feed.ended:
            return
        async for row in feed.follow():
            if row.ingestion_id == id:
                context.renew()
                now = await by_id(context, id)
                assert now is not None
                feed.ended = now.status is IngestionStatus.FINISHED
                yield now
                if feed.ended:
                    return
