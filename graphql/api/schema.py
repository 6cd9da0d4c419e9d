"""The schema: everything the API offers, put together."""

from __future__ import annotations

from typing import Annotated

import strawberry
from graphql import lexicographic_sort_schema
from graphql.utilities import print_schema
from strawberry.schema.config import StrawberryConfig

import api.aml_enums
import api.enums
import api.kyc_enums
import api.start_enums  # noqa: F401
from api import aml, customer, drift, event, ingestion, provider_event, start, verification
from api.action import ActionMutation
from api.aml_review import AmlMutation, WatchListQuery
from api.context import Context
from api.create_customer import CustomerMutation
from api.customer import CustomerQuery, CustomerSubscription
from api.drift import DriftQuery
from api.event import EventQuery, EventSubscription
from api.file import File
from api.ingestion import IngestionMutation, IngestionQuery, IngestionSubscription
from api.kyc_data import KycDataMutation
from api.lifecycle import LifecycleMutation
from api.node import Node
from api.own_mutation import OwnMutation
from api.provider import ProviderQuery
from api.provider_event import ProviderEventQuery
from api.replay import ReplayMutation
from api.result import TYPES
from api.sandbox import SandboxMutation
from api.scalars import SCALARS
from api.start import StartMutation, StartQuery
from api.stuck import StuckQuery
from api.upload import UploadMutation
from api.verification import VerificationQuery
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
    "hit": aml.hit_by_id,
}


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Anything by its id; null for an id that is unknown, of another kind or of another tenant.")
    async def node(
        self,
        info: strawberry.Info[Context, None],
        id: Annotated[strawberry.ID, strawberry.argument(description="The id.")],
    ) -> Node | None:
        info.context.require(Right.READ)
        find = NODES.get(ids.kind(id) or "")
        return await find(info.context, id) if find else None


@strawberry.type(description="What can be read.")
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


@strawberry.type(description="What can be changed. Expected failures come back as `userErrors`, and change nothing.")
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


@strawberry.type(description="What can be followed, over the `graphql-transport-ws` protocol.")
class Subscription(EventSubscription, IngestionSubscription, CustomerSubscription):
    pass


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[File, *TYPES.values()],
    config=StrawberryConfig(scalar_map=SCALARS),
)
# graphql-core's own schema, which admission, execution and printing work on.
core = schema._schema  # noqa: SLF001


def sdl() -> str:
    """The schema as text, sorted, byte for byte what schema.graphql holds."""
    return print_schema(lexicographic_sort_schema(core)) + "\n"
