"""The inputs of the mutations on starts."""

from __future__ import annotations

import strawberry

from api.provider.enums import ProviderName
from api.scalars import given
from api.start.enums import ClientRelationship, Outcome, PaymentMethod
from app.domain.start import RiskAnswers as Answers

START = "The start's id, from `verificationStarts`."


@strawberry.input(description="Risk answers of the person who requests the start.")
class RiskAnswersInput:
    designated_service: str = strawberry.field(description="One of your firm's designated services.")
    payment_method: PaymentMethod = strawberry.field(description="The customer's way of paying.")
    client_relationship: ClientRelationship = strawberry.field(description="The relationship of your firm to the customer.")
    comment: str | None = strawberry.field(default=strawberry.UNSET, description="A remark for the record, kept encrypted.")

    def answers(self) -> Answers:
        return Answers(self.designated_service, self.payment_method, self.client_relationship, given(self.comment))


@strawberry.input(description="The input of `startVerification`.")
class StartVerificationInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    provider: ProviderName | None = strawberry.field(
        default=strawberry.UNSET, description="The provider; left out, the first one configured."
    )
    level: str | None = strawberry.field(
        default=strawberry.UNSET, description="The provider's level, where it has levels; left out, the configured one."
    )
    risk: RiskAnswersInput = strawberry.field(description="The answers to the risk questions.")
    idempotency_key: str = strawberry.field(description="At most 255 characters; never forgotten. The same key is the same start.")


@strawberry.input(description="The input of `approveVerificationStart`.")
class ApproveVerificationStartInput:
    start_id: strawberry.ID = strawberry.field(description=START)


@strawberry.input(description="The input of `withdrawVerificationStart`.")
class WithdrawVerificationStartInput:
    start_id: strawberry.ID = strawberry.field(description=START)


@strawberry.input(description="The input of `resolveVerificationStart`.")
class ResolveVerificationStartInput:
    start_id: strawberry.ID = strawberry.field(description=START)
    outcome: Outcome = strawberry.field(description="The outcome that the person found at the provider.")
    reference: str | None = strawberry.field(default=strawberry.UNSET, description="The applicant's or session's id, with MADE.")
