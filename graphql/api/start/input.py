"""What the mutations on starts take."""

from __future__ import annotations

import strawberry

from api.provider.enums import ProviderName
from api.scalars import given
from api.start.enums import ClientRelationship, Outcome, PaymentMethod
from app.domain.start import RiskAnswers as Answers

START = "The start's id, from `verificationStarts`."


@strawberry.input(description="What the person who starts must know of the customer's business.")
class RiskAnswersInput:
    designated_service: str = strawberry.field(description="Which of the firm's designated services it is about.")
    payment_method: PaymentMethod = strawberry.field(description="How the customer pays.")
    client_relationship: ClientRelationship = strawberry.field(description="Whether the firm knows the customer.")
    comment: str | None = strawberry.field(default=strawberry.UNSET, description="A remark for the record, kept encrypted.")

    def answers(self) -> Answers:
        return Answers(self.designated_service, self.payment_method, self.client_relationship, given(self.comment))


@strawberry.input(description="What `startVerification` takes.")
class StartVerificationInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    provider: ProviderName | None = strawberry.field(
        default=strawberry.UNSET, description="The vendor; left out, the first one configured."
    )
    level: str | None = strawberry.field(
        default=strawberry.UNSET, description="The vendor's level, where it has levels; left out, the configured one."
    )
    risk: RiskAnswersInput = strawberry.field(description="The answers to the risk questions.")
    idempotency_key: str = strawberry.field(description="At most 255 characters; never forgotten. The same key is the same start.")


@strawberry.input(description="What `approveVerificationStart` takes.")
class ApproveVerificationStartInput:
    start_id: strawberry.ID = strawberry.field(description=START)


@strawberry.input(description="What `withdrawVerificationStart` takes.")
class WithdrawVerificationStartInput:
    start_id: strawberry.ID = strawberry.field(description=START)


@strawberry.input(description="What `resolveVerificationStart` takes.")
class ResolveVerificationStartInput:
    start_id: strawberry.ID = strawberry.field(description=START)
    outcome: Outcome = strawberry.field(description="What was found at the vendor.")
    reference: str | None = strawberry.field(default=strawberry.UNSET, description="The applicant's or session's id, with MADE.")
