"""The complete GraphQL schema of the API."""

from __future__ import annotations

from typing import Annotated

import strawberry
from graphql import lexicographic_sort_schema
from graphql.utilities import print_schema
from strawberry.schema.config import StrawberryConfig

from api.context import Context, Info
from api.customer import customer
from api.customer.create import CustomerMutation
from api.customer.customer import CustomerQuery, CustomerSubscription
from api.customer.lifecycle import LifecycleMutation
from api.customer.own import OwnMutation
from api.customer.stuck import StuckQuery
from api.declaration.mutation import KycDataMutation
from api.event import event
from api.event.event import EventQuery, EventSubscription
from api.ingestion import ingestion
from api.ingestion.file import File
from api.ingestion.ingestion import IngestionMutation, IngestionQuery, IngestionSubscription
from api.ingestion.result import TYPES
from api.provider import drift, provider_event
from api.provider.drift import DriftQuery
from api.provider.provider import ProviderQuery
from api.provider.provider_event import ProviderEventQuery
from api.provider.replay import ReplayMutation
from api.relay.node import Node
from api.sandbox.sandbox import SandboxMutation
from api.scalars import SCALARS
from api.screening import screening
from api.screening.review import AmlMutation, WatchListQuery
from api.start import start
from api.start.start import StartMutation, StartQuery
from api.upload.upload import UploadMutation
from api.verification import verification
from api.verification.mutation import ActionMutation
from api.verification.verification import VerificationQuery
from app.domain import ids
from app.domain.credential import Right


async def _file(context: Context, file_id: str) -> Node | None:
    row = await context.loaders.file_by_id.load(file_id)
    return File.of(row) if row else None


NODES = {
    "cus": customer.by_id,
    "ing": ingestion.by_id,
    "fil": _file,
    "evt": event.by_id,
    "sta": start.by_id,
    "ver": verification.by_id,
    "pev": provider_event.by_id,
    "drf": drift.by_id,
    "hit": screening.hit_by_id,
}


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Anything by its id; null for an id that is unknown, of another kind or of another tenant.")
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of any object, for example cus_01j….")],
    ) -> Node | None:
        info.context.require(Right.READ)
        find = NODES.get(ids.kind(id) or "")
        return await find(info.context, id) if find else None


@strawberry.type(description="The operations that read and change nothing.")
class Query(
    NodeQuery,
    CustomerQuery,
    IngestionQuery,
    VerificationQuery,
    StartQuery,
    StuckQuery,
    EventQuery,
    ProviderEventQuery,
    DriftQuery,
    ProviderQuery,
    WatchListQuery,
):
    pass


@strawberry.type(
    description="The operations that change something. Expected failures come back as `userErrors` and change nothing."
)
class Mutation(
    CustomerMutation,
    KycDataMutation,
    UploadMutation,
    StartMutation,
    OwnMutation,
    IngestionMutation,
    ActionMutation,
    LifecycleMutation,
    AmlMutation,
    ReplayMutation,
    SandboxMutation,
):
    pass


@strawberry.type(description="The streams that can be followed over the `graphql-transport-ws` protocol.")
class Subscription(EventSubscription, IngestionSubscription, CustomerSubscription):
    pass


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[File, *TYPES.values()],
    config=StrawberryConfig(scalar_map=SCALARS),
)
# graphql-core's own schema, used by admission, execution and printing.
core = schema._schema  # noqa: SLF001


def sdl() -> str:
    """Returns the schema as sorted text, equal to schema.graphql byte for byte."""
    return print_schema(lexicographic_sort_schema(core)) + "\n"
