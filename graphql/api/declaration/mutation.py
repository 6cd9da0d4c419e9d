"""Data that customers declare about themselves: submitted in parts, returned masked or in clear text."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.customer import customer
from api.customer.customer import Customer
from api.declaration.input import KycDataInput, patch
from api.errors import UserError, user_errors
from api.scalars import KEY, given
from app.domain.credential import Right
from app.errors import UserFault, UserFaults
from app.service.customer import declaration
from app.service.customer.declaration import Submitted


@strawberry.input(description="The input of `updateKycData`.")
class UpdateKycDataInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    kyc_data: KycDataInput = strawberry.field(description="The declared data: omitted fields stay as they are, null removes.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.type(description="The result of `updateKycData`.")
class UpdateKycDataPayload:
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Everything that is wrong with it; empty if it was taken.")


@strawberry.type
class KycDataMutation:
    @strawberry.mutation(
        description="Submits KYC data, in one call or in several. Complete data is locked and the customer is UNDER_REVIEW; of "
        "incomplete data `requiredInformation` names what is missing. Refused with PATCH_NOT_ALLOWED while the data is locked."
    )
    async def update_kyc_data(
        self,
        info: Info,
        input: Annotated[UpdateKycDataInput, strawberry.argument(description="The customer, and the declared data.")],
    ) -> UpdateKycDataPayload:
        context = info.context
        context.require_for(input.customer_id, Right.WRITE)
        new = Submitted(context.tenant_id, input.customer_id, patch(input.kyc_data), given(input.idempotency_key))
        try:
            await declaration.submit(context.deps, context.fetcher, new)
        except (UserFault, UserFaults) as refusal:
            return UpdateKycDataPayload(customer=None, user_errors=user_errors(refusal))
        return UpdateKycDataPayload(customer=await customer.by_id(context, input.customer_id), user_errors=[])
