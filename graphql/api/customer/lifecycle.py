"""Decisions of people about a customer: deactivation, whether a verification is required, another screening."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Context, Info
from api.customer import customer
from api.customer.customer import Customer
from api.customer.enums import ChangeKind
from api.errors import UserError, user_errors
from api.scalars import KEY, given
from app.domain.credential import Principal, Right
from app.errors import UserFault, UserFaults
from app.service.customer import lifecycle

REASON = "The reason, kept on record and encrypted. At most 500 characters."


@strawberry.input(description="The input of `deactivateCustomer`.")
class DeactivateCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    reason: str = strawberry.field(description=REASON)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `reactivateCustomer`.")
class ReactivateCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    reason: str = strawberry.field(description=REASON)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `setKycRequired`.")
class SetKycRequiredInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    required: bool = strawberry.field(description="True if a verification is required.")
    reason: str = strawberry.field(description=REASON)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `screenCustomer`.")
class ScreenCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    reason: str = strawberry.field(description=REASON)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.type(description="The result of `screenCustomer`.")
class ScreenCustomerPayload:
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type(description="The result of `deactivateCustomer`.")
class DeactivateCustomerPayload:
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type(description="The result of `reactivateCustomer`.")
class ReactivateCustomerPayload:
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type(description="The result of `setKycRequired`.")
class SetKycRequiredPayload:
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


async def _decided(
    context: Context, caller: Principal, kind: ChangeKind, customer_id: str, reason: str, key: str | None
) -> tuple[Customer | None, list[UserError]]:
    decision = lifecycle.Decision(context.tenant_id, customer_id, kind, reason, caller.name, caller.credential_id, given(key))
    try:
        await lifecycle.decide(context.deps, decision)
    except (UserFault, UserFaults) as refusal:
        return None, user_errors(refusal)
    return await customer.by_id(context, customer_id), []


@strawberry.type
class LifecycleMutation:
    @strawberry.mutation(description="Deactivates a customer: nothing more is done for it until it is reactivated.")
    async def deactivate_customer(
        self,
        info: Info,
        input: Annotated[DeactivateCustomerInput, strawberry.argument(description="The customer, and the reason for the record.")],
    ) -> DeactivateCustomerPayload:
        caller = info.context.require(Right.WRITE)
        found, errors = await _decided(
            info.context, caller, ChangeKind.DEACTIVATED, input.customer_id, input.reason, input.idempotency_key
        )
        return DeactivateCustomerPayload(customer=found, user_errors=errors)

    @strawberry.mutation(description="Takes a deactivation back: the customer stands where it would stand without it.")
    async def reactivate_customer(
        self,
        info: Info,
        input: Annotated[ReactivateCustomerInput, strawberry.argument(description="The customer, and the reason for the record.")],
    ) -> ReactivateCustomerPayload:
        caller = info.context.require(Right.WRITE)
        found, errors = await _decided(
            info.context, caller, ChangeKind.REACTIVATED, input.customer_id, input.reason, input.idempotency_key
        )
        return ReactivateCustomerPayload(customer=found, user_errors=errors)

    @strawberry.mutation(
        description="Has a verified customer screened anew by every screener, whatever is known: CLEAR and RESOLVED become "
        "IN_PROGRESS. Verdicts on hits that are found again stay. Needs a person with the role compliance."
    )
    async def screen_customer(
        self,
        info: Info,
        input: Annotated[ScreenCustomerInput, strawberry.argument(description="The customer, and the reason for the record.")],
    ) -> ScreenCustomerPayload:
        caller = info.context.require_person(Right.JUDGE)
        found, errors = await _decided(
            info.context, caller, ChangeKind.SCREENED_AGAIN, input.customer_id, input.reason, input.idempotency_key
        )
        return ScreenCustomerPayload(customer=found, user_errors=errors)

    @strawberry.mutation(description="Decides whether a verification is required at all. Needs a person.")
    async def set_kyc_required(
        self,
        info: Info,
        input: Annotated[SetKycRequiredInput, strawberry.argument(description="The customer, and whether it must be verified.")],
    ) -> SetKycRequiredPayload:
        caller = info.context.require_person(Right.ACT)
        kind = ChangeKind.KYC_REQUIRED if input.required else ChangeKind.KYC_NOT_REQUIRED
        found, errors = await _decided(info.context, caller, kind, input.customer_id, input.reason, input.idempotency_key)
        return SetKycRequiredPayload(customer=found, user_errors=errors)
