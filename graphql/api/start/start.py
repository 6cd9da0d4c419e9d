"""Verification starts: request, approval and outcome. They are billable, so they require a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable
from typing import Annotated, Any

import strawberry

from api.context import Context, Info
from api.customer import customer
from api.customer.customer import Customer
from api.errors import UserError, user_errors
from api.provider.enums import ProviderName
from api.relay.connection import After, Before, First, Last, newest_first, window
from api.relay.node import Connection, Node, connection
from api.scalars import given
from api.start.enums import ChargeStatus, ClientRelationship, PaymentMethod, StartStatus
from api.start.input import (
    ApproveVerificationStartInput,
    ResolveVerificationStartInput,
    StartVerificationInput,
    WithdrawVerificationStartInput,
)
from api.verification import verification
from api.verification.verification import Verification
from app.domain.credential import Right
from app.errors import UserFault, UserFaults
from app.service.start import approval, start
from app.service.start.start import Wanted
from app.service.trust.actor import Actor


@strawberry.type(description="The risk answers of the person who requested the start.")
class RiskAnswers:
    designated_service: str = strawberry.field(description="The designated service of your firm.")
    payment_method: PaymentMethod = strawberry.field(description="The customer's way of paying.")
    client_relationship: ClientRelationship = strawberry.field(description="The relationship of your firm to the customer.")
    comment: str | None = strawberry.field(description="A remark; null for callers who may not read internal remarks.")


@strawberry.type(description="The problem that stopped a start or left it uncertain.")
class StartProblem:
    code: str = strawberry.field(description="A stable code for programs.")
    message: str = strawberry.field(description="A sentence for people that says what is wrong.")
    hint: str | None = strawberry.field(description="The next step for a person; null if none is known.")


@strawberry.type(description="A verification that a person started: who, why, what it cost, and what became of it.")
class VerificationStart(Node):
    status: StartStatus = strawberry.field(
        description="The current status; UNCERTAIN may return to AUTHORISED when it is tried again."
    )
    provider: ProviderName = strawberry.field(description="The provider that the verification is started at.")
    level: str | None = strawberry.field(description="The provider's level, where another than the usual one was asked for.")
    requested_by: str = strawberry.field(description="The person who asked for it.")
    approved_by: str | None = strawberry.field(description="The person who approved or resolved it, where one did.")
    charge: ChargeStatus | None = strawberry.field(description="The status of its charge; null until it is authorised.")
    problem: StartProblem | None = strawberry.field(
        description="The problem that stopped it or left it uncertain; null if there is none."
    )
    created_at: dt.datetime = strawberry.field(description="The time at which it was requested.")
    ended_at: dt.datetime | None = strawberry.field(description="The time at which it ended; null until then.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The customer it is for.")
    async def customer(self, info: Info) -> Customer:
        found = await customer.by_id(info.context, self.row.customer_id)
        assert found is not None
        return found

    @strawberry.field(description="The verification that came of it; null while there is none.")
    async def verification(self, info: Info) -> Verification | None:
        return await verification.by_id(info.context, self.row.verification_id)

    @strawberry.field(description="The risk answers, kept encrypted with the start.")
    async def risk(self, info: Info) -> RiskAnswers | None:
        cipher = await info.context.loaders.cipher_by_customer.load(self.row.customer_id)
        if cipher is None:
            return None
        answers = cipher.open_json(self.row.risk, start.RISK)
        return RiskAnswers(
            designated_service=answers["designated_service"],
            payment_method=PaymentMethod(answers["payment_method"]),
            client_relationship=ClientRelationship(answers["client_relationship"]),
            comment=answers["comment"] if info.context.caller.may(Right.READ_INTERNAL) else None,
        )

    @classmethod
    def of(cls, row: Any) -> VerificationStart:
        return cls(
            id=strawberry.ID(row.id),
            status=StartStatus(row.status),
            provider=ProviderName(row.provider),
            level=row.level,
            requested_by=row.requested_by,
            approved_by=row.approved_by,
            charge=ChargeStatus(row.charge) if row.charge else None,
            problem=StartProblem(**row.problem) if row.problem else None,
            created_at=row.created_at,
            ended_at=row.ended_at,
            row=row,
        )


@strawberry.type(description="The result of `startVerification`.")
class StartVerificationPayload:
    verification: Verification | None = strawberry.field(
        description="The verification; null if it was refused, waits for a second person, or the provider has not answered yet."
    )
    start: VerificationStart | None = strawberry.field(description="The start with its charge; null if it was refused.")
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type(description="The result of a mutation on a start.")
class VerificationStartPayload:
    start: VerificationStart | None = strawberry.field(description="The start; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.input(description="Conditions for starts. Omitted fields do not restrict.")
class VerificationStartFilter:
    customer_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Only of this customer.")
    status: list[StartStatus] | None = strawberry.field(default=strawberry.UNSET, description="Only with one of these statuses.")

    def wanted(self) -> start.StartFilter:
        return start.StartFilter(given(self.customer_id), given(self.status))


async def by_id(context: Context, start_id: str) -> VerificationStart | None:
    row = await context.loaders.start_by_id.load(start_id)
    return VerificationStart.of(row) if row else None


async def _decided(context: Context, start_id: str, decision: Awaitable[None]) -> VerificationStartPayload:
    """Carries out a person's decision. Returns the start, after the provider's response if the decision causes a call."""
    try:
        await decision
        await start.settled(context.deps, context.tenant_id, start_id)
    except (UserFault, UserFaults) as refusal:
        return VerificationStartPayload(start=None, user_errors=user_errors(refusal))
    return VerificationStartPayload(start=await by_id(context, start_id), user_errors=[])


@strawberry.type
class StartQuery:
    @strawberry.field(description="The starts of verifications, newest first: the ledger of what was spent, by whom and why.")
    async def verification_starts(
        self,
        info: Info,
        filter: Annotated[
            VerificationStartFilter | None,
            strawberry.argument(description="Conditions that the starts must meet. Omit it to return all."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[VerificationStart]:
        context = info.context
        context.require(Right.READ)
        wanted = filter.wanted() if filter else start.StartFilter()
        found = await newest_first(context, "start", start.page, wanted, window(first, after, last, before))
        return connection(found, [VerificationStart.of(row) for row in found.rows])


@strawberry.type
class StartMutation:
    @strawberry.mutation(
        description="Starts a verification at a provider: billable and irreversible, so only a person with the role may. Allowed "
        "while kycStatus is NOT_STARTED or FAILED, or the provider no longer has the one under way. One start is charged once at "
        "most, whatever happens on the way."
    )
    async def start_verification(
        self,
        info: Info,
        input: Annotated[StartVerificationInput, strawberry.argument(description="The customer, and the risk answers.")],
    ) -> StartVerificationPayload:
        context = info.context
        caller = context.require_person(Right.ACT)
        wanted = Wanted(
            context.tenant_id,
            input.customer_id,
            input.risk.answers(),
            caller.name,
            caller.credential_id,
            input.idempotency_key,
            given(input.provider),
            given(input.level),
        )
        try:
            start_id = await start.request(context.deps, wanted, context.offered)
        except (UserFault, UserFaults) as refusal:
            return StartVerificationPayload(verification=None, start=None, customer=None, user_errors=user_errors(refusal))
        await start.settled(context.deps, context.tenant_id, start_id)
        made = await by_id(context, start_id)
        assert made is not None
        errors = []
        if made.status is StartStatus.REFUSED and made.problem is not None:
            errors = user_errors(UserFault(made.problem.code, made.problem.message, None, made.problem.hint))
        return StartVerificationPayload(
            verification=await verification.by_id(context, made.row.verification_id),
            start=made,
            customer=await customer.by_id(context, input.customer_id),
            user_errors=errors,
        )

    @strawberry.mutation(description="The second person's yes to a start, where the firm asks for two. Needs a person.")
    async def approve_verification_start(
        self,
        info: Info,
        input: Annotated[ApproveVerificationStartInput, strawberry.argument(description="The start to decide on.")],
    ) -> VerificationStartPayload:
        caller = info.context.require_person(Right.ACT)
        return await _decided(info.context, input.start_id, approval.approve(info.context.deps, Actor.of(caller), input.start_id))

    @strawberry.mutation(description="Takes back a start that nobody has approved yet. Needs a person.")
    async def withdraw_verification_start(
        self,
        info: Info,
        input: Annotated[WithdrawVerificationStartInput, strawberry.argument(description="The start to decide on.")],
    ) -> VerificationStartPayload:
        caller = info.context.require_person(Right.ACT)
        return await _decided(info.context, input.start_id, approval.withdraw(info.context.deps, Actor.of(caller), input.start_id))

    @strawberry.mutation(description="Tells what a person found at the provider about a start that is UNCERTAIN. Needs a person.")
    async def resolve_verification_start(
        self,
        info: Info,
        input: Annotated[
            ResolveVerificationStartInput, strawberry.argument(description="The start, and the outcome found at the provider.")
        ],
    ) -> VerificationStartPayload:
        context = info.context
        caller = context.require_person(Right.ACT)
        reference = given(input.reference)
        decision = approval.resolve(context.deps, Actor.of(caller), input.start_id, input.outcome, reference)
        return await _decided(context, input.start_id, decision)
