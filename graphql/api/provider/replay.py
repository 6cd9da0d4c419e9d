"""Replays of stored events and responses, which show every difference before anything changes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from api.context import Info
from api.errors import UserError, user_errors
from api.provider.enums import ProviderName, Replayed
from api.relay.node import MASK
from api.scalars import given
from app.domain.credential import Right
from app.domain.replay import Difference, Wanted
from app.errors import UserFault, UserFaults
from app.service.verification import replay

# Fields of a difference that hold no personal data.
OPEN = frozenset({"status", "errorCode", "warnings", "stage", "reviewAnswer", "rejectType", "type", "subject", "externalId"})


@strawberry.input(description="The items to compute again: at most 100 of each kind, newest first.")
class ReplayFilter:
    kinds: list[Replayed] | None = strawberry.field(default=strawberry.UNSET, description="Only these kinds; all if left out.")
    provider: ProviderName | None = strawberry.field(default=strawberry.UNSET, description="Only of this provider.")
    customer_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only about this customer.")
    types: list[str] | None = strawberry.field(default=strawberry.UNSET, description="Only events of these types.")
    event_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="Only the events with these ids."
    )
    since: dt.datetime | None = strawberry.field(default=strawberry.UNSET, description="Only what is not older than this.")
    until: dt.datetime | None = strawberry.field(default=strawberry.UNSET, description="Only what is not newer than this.")

    def wanted(self) -> Wanted:
        kinds = given(self.kinds)
        return Wanted(
            kinds=tuple(kinds) if kinds is not None else tuple(Replayed),
            provider=given(self.provider),
            customer_id=given(self.customer_id),
            types=given(self.types),
            since=given(self.since),
            until=given(self.until),
            event_ids=given(self.event_ids),
        )


@strawberry.type(description="One thing that computing again would change, or has changed.")
class ReplayDifference:
    kind: Replayed = strawberry.field(description="The kind of the stored item.")
    subject_id: str = strawberry.field(description="The id of the item: an event, `ingestion/PROCESS`, or a verification.")
    field: str = strawberry.field(description="The name of the field that differs.")
    before: JSON | None = strawberry.field(description="The stored value; masked for callers who may not read personal data.")
    after: JSON | None = strawberry.field(description="The newly computed value; masked in the same way.")
    applied: bool = strawberry.field(description="True if it was changed; always false in a dry run.")
    reason: str | None = strawberry.field(description="The reason why it cannot be changed; null if it can.")


@strawberry.type(description="The result of `replayProviderEvents`.")
class ReplayProviderEventsPayload:
    dry_run: bool = strawberry.field(description="True if this was a dry run that changed nothing.")
    examined: int = strawberry.field(description="The number of stored items computed again.")
    differences: list[ReplayDifference] = strawberry.field(description="Every difference that was found.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type
class ReplayMutation:
    @strawberry.mutation(
        description="Computes stored raw events and answers again, and shows the differences; changes them unless it is a dry run. "
        "Needs a person. Replayed events lead to a look at the provider's present state, as they did when they came."
    )
    async def replay_provider_events(
        self,
        info: Info,
        filter: Annotated[
            ReplayFilter | None, strawberry.argument(description="The items to compute again. Omit it for all kinds.")
        ] = strawberry.UNSET,
        dry_run: Annotated[bool, strawberry.argument(description="Only show what would change.")] = True,
    ) -> ReplayProviderEventsPayload:
        context = info.context
        context.require_person(Right.ACT)
        wanted = filter.wanted() if filter else Wanted()
        try:
            done = await replay.replay(context.deps, context.providers, context.tenant_id, wanted, dry_run=dry_run)
        except (UserFault, UserFaults) as refusal:
            return ReplayProviderEventsPayload(dry_run=dry_run, examined=0, differences=[], user_errors=user_errors(refusal))
        found = [_shown(item, clear=context.clear) for item in done.differences]
        return ReplayProviderEventsPayload(dry_run=dry_run, examined=done.examined, differences=found, user_errors=[])


def _shown(item: Difference, *, clear: bool) -> ReplayDifference:
    def value(content: Any) -> Any:
        return content if clear or item.field in OPEN or content is None else MASK

    return ReplayDifference(
        kind=item.kind,
        subject_id=item.subject_id,
        field=item.field,
        before=value(item.before),
        after=value(item.after),
        applied=item.applied,
        reason=item.reason,
    )
