"""Customers' own tokens, and the operations that customers perform with them other than submitting data."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry

from api.context import Info
from api.customer import customer
from api.customer.customer import Customer
from api.errors import UserError, user_errors
from api.scalars import URL, given
from app.domain.credential import Right
from app.errors import UserFault, UserFaults
from app.service.verification import hosted


@strawberry.input(description="The input of `createCustomerToken`.")
class CreateCustomerTokenInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer whose browser or phone is to use it.")
    expires_in_seconds: int | None = strawberry.field(default=strawberry.UNSET, description="From 60 to 86400; left out, one hour.")


@strawberry.type(description="The result of `createCustomerToken`.")
class CreateCustomerTokenPayload:
    token: str | None = strawberry.field(description="The token, shown this once: a credential for the customer's own data alone.")
    expires_at: dt.datetime | None = strawberry.field(description="The time at which the token expires; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.input(description="The input of `openVerification`.")
class OpenVerificationInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    accepted: bool = strawberry.field(description="True if the customer accepted that the data goes to the provider.")


@strawberry.type(description="The result of `openVerification`.")
class OpenVerificationPayload:
    url: URL | None = strawberry.field(description="The provider's page for the customer; null if it was refused.")
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type
class OwnMutation:
    @strawberry.mutation(description="Makes a short-lived token for one customer's browser or phone: own data, and nothing else.")
    async def create_customer_token(
        self,
        info: Info,
        input: Annotated[CreateCustomerTokenInput, strawberry.argument(description="The customer, and the lifetime of the token.")],
    ) -> CreateCustomerTokenPayload:
        context = info.context
        context.require(Right.WRITE)
        seconds = given(input.expires_in_seconds)
        try:
            made = await hosted.token(
                context.deps, context.tenant_id, input.customer_id, seconds=hosted.TOKEN_SECONDS if seconds is None else seconds
            )
        except (UserFault, UserFaults) as refusal:
            return CreateCustomerTokenPayload(token=None, expires_at=None, user_errors=user_errors(refusal))
        return CreateCustomerTokenPayload(token=made.token, expires_at=made.expires_at, user_errors=[])

    @strawberry.mutation(
        description="The customer has accepted and goes on to the provider's page: answers its address, made anew where it ended, "
        "and PENDING becomes IN_PROGRESS. Starts nothing and costs nothing."
    )
    async def open_verification(
        self,
        info: Info,
        input: Annotated[OpenVerificationInput, strawberry.argument(description="The customer, and whether they accepted.")],
    ) -> OpenVerificationPayload:
        context = info.context
        context.require_for(input.customer_id, Right.WRITE)
        try:
            if not input.accepted:
                raise UserFault("NOT_ACCEPTED", "The customer has not accepted.", ["input", "accepted"], "Ask the customer first.")
            url = await hosted.resume(context.deps, context.providers, context.tenant_id, input.customer_id)
        except (UserFault, UserFaults) as refusal:
            return OpenVerificationPayload(url=None, customer=None, user_errors=user_errors(refusal))
        return OpenVerificationPayload(url=URL(url), customer=await customer.by_id(context, input.customer_id), user_errors=[])
