"""Unknown values from providers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import strawberry

from api.context import Context, Info
from api.provider.enums import DriftKind, ProviderName
from api.relay.connection import After, Before, First, Last, newest_first, window
from api.relay.node import Connection, Node, connection
from api.scalars import given
from app.domain.credential import Right
from app.service.ingestion import drift


@strawberry.type(description="A word of a provider's that is not known here. It decided nothing: what was sure last stayed.")
class ProviderDrift(Node):
    provider: ProviderName = strawberry.field(description="The provider that used it.")
    kind: DriftKind = strawberry.field(description="The kind of word, such as STATUS.")
    place: str = strawberry.field(description="The place of the word in the provider's response.")
    word: str = strawberry.field(description="The word as it came, cut to 100 characters.")
    seen: int = strawberry.field(description="The number of times it was seen.")
    first_seen_at: dt.datetime = strawberry.field(description="The time at which it was first seen.")
    last_seen_at: dt.datetime = strawberry.field(description="The time at which it was last seen.")

    @classmethod
    def of(cls, row: Any) -> ProviderDrift:
        return cls(
            id=strawberry.ID(row.id),
            provider=ProviderName(row.provider),
            kind=DriftKind(row.kind),
            place=row.place,
            word=row.word,
            seen=row.seen,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
        )


async def by_id(context: Context, drift_id: str) -> ProviderDrift | None:
    async with context.deps.database.reading() as connection_:
        row = await drift.by_id(connection_, context.tenant_id, drift_id)
    return ProviderDrift.of(row) if row else None


@strawberry.type
class DriftQuery:
    @strawberry.field(description="Words of providers that are not known here, newest first.")
    async def provider_drifts(
        self,
        info: Info,
        provider: Annotated[ProviderName | None, strawberry.argument(description="Only of this provider.")] = strawberry.UNSET,
        kinds: Annotated[list[DriftKind] | None, strawberry.argument(description="Only of these kinds.")] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[ProviderDrift]:
        context = info.context
        context.require(Right.READ)
        wanted = drift.DriftFilter(given(provider), given(kinds))
        found = await newest_first(context, "drift", drift.page, wanted, window(first, after, last, before))
        return connection(found, [ProviderDrift.of(row) for row in found.rows])
