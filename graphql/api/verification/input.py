"""The inputs of the mutations on verifications."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from api.customer.enums import RiskLevel
from api.verification.enums import RejectType

KEY = "At most 255 characters. The same key with the same input gives the first answer again, and does nothing twice."
OF_CUSTOMER = "The customer; the newest verification is meant."


@strawberry.input(description="The input of `requestRecheck`.")
class RequestRecheckInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    reason: str | None = strawberry.field(default=strawberry.UNSET, description="The reason, shown to the provider's reviewers.")
    reason_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="A flow that the provider has set up for the account."
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `resetVerificationStep`.")
class ResetVerificationStepInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    step: str = strawberry.field(description="The provider's name of the step, e.g. SELFIE.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of mutations that need only the customer.")
class CustomerVerificationInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `changeVerificationLevel`.")
class ChangeVerificationLevelInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    level: str = strawberry.field(description="The level's exact name at the provider.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `blockApplicant`.")
class BlockApplicantInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    reason: str = strawberry.field(description="The reason, kept on the provider's blocklist. At most 500 characters.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `setRiskLevel`.")
class SetRiskLevelInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    risk_level: RiskLevel = strawberry.field(description="The risk level your firm has set with `setRiskLevel`.")
    comment: str = strawberry.field(description="The reason, at most 500 characters.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `tagCustomer`.")
class TagCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer that this is about.")
    tags: list[str] = strawberry.field(description="All the tags the customer is to have, at most 50 of 100 characters each.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `setApplicantPresence`.")
class SetApplicantPresenceInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    active: bool = strawberry.field(description="False deactivates the profile at the provider, true activates it again.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `shareVerification`.")
class ShareVerificationInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    for_client_id: str = strawberry.field(description="The partner's client id at the provider.")
    ttl_seconds: int | None = strawberry.field(default=1200, description="The lifetime of the token, in seconds.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `correctApplicant`; only the given fields are changed.")
class CorrectApplicantInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="The new given names.")
    middle_name: str | None = strawberry.field(default=strawberry.UNSET, description="The new middle names.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="The new family name.")
    birthdate: str | None = strawberry.field(default=strawberry.UNSET, description="By ISO 8601, e.g. 1991-07-23.")
    place_of_birth: str | None = strawberry.field(default=strawberry.UNSET, description="The town of birth.")
    country: str | None = strawberry.field(default=strawberry.UNSET, description="Of residence, ISO 3166-1 alpha-2.")
    nationality: str | None = strawberry.field(
        default=strawberry.UNSET, description="The new nationality, as two letters such as ES."
    )
    email: str | None = strawberry.field(default=strawberry.UNSET, description="The e-mail address that the provider writes to.")
    phone: str | None = strawberry.field(default=strawberry.UNSET, description="By E.164, e.g. +34600000000.")
    language: str | None = strawberry.field(default=strawberry.UNSET, description="ISO 639-1: in which the provider writes.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `askRegistry`.")
class AskRegistryInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    data: JSON = strawberry.field(description="The object that the registry expects, as the provider documents it.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `setDocumentInactive`.")
class SetDocumentInactiveInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    image_id: str = strawberry.field(description="The provider's id of the image, from the verification's steps.")
    inactive: bool | None = strawberry.field(default=True, description="False takes an earlier setting aside back.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `createSdkToken`.")
class CreateSdkTokenInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    ttl_seconds: int | None = strawberry.field(default=600, description="The lifetime of the token, from 1 to 86400 seconds.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `createVerificationLink`.")
class CreateVerificationLinkInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    ttl_seconds: int | None = strawberry.field(default=1800, description="The lifetime of the page, from 1 to 86400 seconds.")
    success_url: str | None = strawberry.field(
        default=strawberry.UNSET, description="The https address the customer returns to when done."
    )
    reject_url: str | None = strawberry.field(
        default=strawberry.UNSET, description="The https address the customer returns to when refused."
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="The input of `setSandboxVerdict`.")
class SetSandboxVerdictInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    approve: bool = strawberry.field(description="True for an approval, false for a refusal.")
    reject_type: RejectType | None = strawberry.field(
        default=RejectType.FINAL, description="The kind of refusal; RETRY lets the customer try again."
    )
    reject_labels: list[str] | None = strawberry.field(default=strawberry.UNSET, description="The provider's labels for a refusal.")
    customer_comment: str | None = strawberry.field(default=strawberry.UNSET, description="The comment shown to the customer.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)
