"""Creating customers."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.customer.customer import Customer, by_id
from api.customer.enums import CustomerType
from api.errors import UserError, user_errors
from api.scalars import KEY, given
from app.domain.credential import Right
from app.errors import UserFault, UserFaults
from app.service.customer import customer
from app.service.customer.customer import NewCustomer


@strawberry.input(description="The input of `createCustomer`.")
class CreateCustomerInput:
    email: str = strawberry.field(description="The e-mail address, at most 254 characters.")
    first_name: str = strawberry.field(description="Given names, or the only name. At most 200 characters.")
    last_name: str | None = strawberry.field(
        default=strawberry.UNSET, description="The family name; left out for people with one name."
    )
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="The caller's own id, unique in the tenant. At most 200 characters."
    )
    type: CustomerType | None = strawberry.field(
        default=CustomerType.INDIVIDUAL, description="The kind of party; only individuals are supported."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=KEY,
    )

    def new(self) -> NewCustomer:
        return NewCustomer(
            email=self.email,
            first_name=self.first_name,
            last_name=given(self.last_name),
            external_id=given(self.external_id),
            type=self.type or CustomerType.INDIVIDUAL,
            idempotency_key=given(self.idempotency_key),
        )


@strawberry.type(description="The result of `createCustomer`.")
class CreateCustomerPayload:
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type
class CustomerMutation:
    @strawberry.mutation(description="Creates a customer. Nothing is sent to any provider.")
    async def create_customer(
        self,
        info: Info,
        input: Annotated[CreateCustomerInput, strawberry.argument(description="The details of the new customer.")],
    ) -> CreateCustomerPayload:
        context = info.context
        context.require(Right.WRITE)
        try:
            made = await customer.create(context.deps, context.tenant_id, input.new())
        except (UserFault, UserFaults) as refusal:
            return CreateCustomerPayload(customer=None, user_errors=user_errors(refusal))
        return CreateCustomerPayload(customer=await by_id(context, made), user_errors=[])
