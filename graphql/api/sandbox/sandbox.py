"""The sandbox's clock. It does not exist in production."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry

from api.context import Info
from api.errors import UserError, user_errors
from app.domain import duration
from app.domain.credential import Right
from app.errors import BadRequest, UserFault
from app.service.sandbox import clock


@strawberry.input(description="The input of `advanceSandboxClock`.")
class AdvanceSandboxClockInput:
    by: str = strawberry.field(description="A number and a unit: 90s, 30m, 18h or 30d.")


@strawberry.type(description="The result of `advanceSandboxClock`.")
class AdvanceSandboxClockPayload:
    now: dt.datetime | None = strawberry.field(description="The new time of the sandbox's clock; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type
class SandboxMutation:
    @strawberry.mutation(
        description="Moves the sandbox's clock forward, for every process: what is due by then is due now. It cannot be moved back."
    )
    async def advance_sandbox_clock(
        self,
        info: Info,
        input: Annotated[AdvanceSandboxClockInput, strawberry.argument(description="The time span to move forward.")],
    ) -> AdvanceSandboxClockPayload:
        context = info.context
        context.require(Right.WRITE)
        if not context.sandbox:
            raise BadRequest("There is no sandbox in production.")
        span = duration.parse(input.by)
        if span is None or span.total_seconds() > clock.MOST:
            fault = UserFault("INVALID_DURATION", "This is not a duration.", ["input", "by"], "Write 90s, 30m, 18h or 30d.")
            return AdvanceSandboxClockPayload(now=None, user_errors=user_errors(fault))
        await clock.advance(context.deps, span.total_seconds())
        return AdvanceSandboxClockPayload(now=context.deps.clock.now(), user_errors=[])
