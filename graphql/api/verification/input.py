"""What the mutations on verifications take."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from api.customer.enums import RiskLevel
from api.verification.enums import RejectType

KEY = "At most 255 characters. The same key with the same input gives the first answer again, and does nothing twice."
OF_CUSTOMER = "The customer; the newest verification is meant."


@strawberry.input(description="What `requestRecheck` takes.")
class RequestRecheckInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    reason: str | None = strawberry.field(default=strawberry.UNSET, description="Why, for the vendor's reviewers.")
    reason_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="A flow that the vendor has set up for the account."
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `resetVerificationStep` takes.")
class ResetVerificationStepInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    step: str = strawberry.field(description="The vendor's name of the step, e.g. SELFIE.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What mutations take that need nothing but the customer.")
class CustomerVerificationInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `changeVerificationLevel` takes.")
class ChangeVerificationLevelInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    level: str = strawberry.field(description="The level's exact name at the vendor.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `blockApplicant` takes.")
class BlockApplicantInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    reason: str = strawberry.field(description="Why, for the vendor's blocklist. At most 500 characters.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `setRiskLevel` takes.")
class SetRiskLevelInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    risk_level: RiskLevel = strawberry.field(description="How risky the firm holds the customer to be.")
    comment: str = strawberry.field(description="Why. At most 500 characters.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `tagCustomer` takes.")
class TagCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    tags: list[str] = strawberry.field(description="All the tags the customer is to have, at most 50 of 100 characters each.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `setApplicantPresence` takes.")
class SetApplicantPresenceInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    active: bool = strawberry.field(description="False deactivates the profile at the vendor, true activates it again.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `shareVerification` takes.")
class ShareVerificationInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    for_client_id: str = strawberry.field(description="The partner's client id at the vendor.")
    ttl_seconds: int | None = strawberry.field(default=1200, description="How long the token works, in seconds.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `correctApplicant` takes; only what is given is changed.")
class CorrectApplicantInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="Given names.")
    middle_name: str | None = strawberry.field(default=strawberry.UNSET, description="Middle names.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="The family name.")
    birthdate: str | None = strawberry.field(default=strawberry.UNSET, description="By ISO 8601, e.g. 1991-07-23.")
    place_of_birth: str | None = strawberry.field(default=strawberry.UNSET, description="The town of birth.")
    country: str | None = strawberry.field(default=strawberry.UNSET, description="Of residence, ISO 3166-1 alpha-2.")
    nationality: str | None = strawberry.field(default=strawberry.UNSET, description="ISO 3166-1 alpha-2.")
    email: str | None = strawberry.field(default=strawberry.UNSET, description="The e-mail address that the vendor writes to.")
    phone: str | None = strawberry.field(default=strawberry.UNSET, description="By E.164, e.g. +34600000000.")
    language: str | None = strawberry.field(default=strawberry.UNSET, description="ISO 639-1: in which the vendor writes.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `askRegistry` takes.")
class AskRegistryInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    data: JSON = strawberry.field(description="What the registry takes, an object as the vendor's documentation says.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `setDocumentInactive` takes.")
class SetDocumentInactiveInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    image_id: str = strawberry.field(description="The vendor's id of the image, from the verification's steps.")
    inactive: bool | None = strawberry.field(default=True, description="False takes an earlier setting aside back.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `createSdkToken` takes.")
class CreateSdkTokenInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    ttl_seconds: int | None = strawberry.field(default=600, description="How long the token works, in seconds; at most a day.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `createVerificationLink` takes.")
class CreateVerificationLinkInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    ttl_seconds: int | None = strawberry.field(default=1800, description="How long the page works, in seconds; at most a day.")
    success_url: str | None = strawberry.field(default=strawberry.UNSET, description="Where the customer goes when done.")
    reject_url: str | None = strawberry.field(default=strawberry.UNSET, description="Where the customer goes when refused.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.input(description="What `setSandboxVerdict` takes.")
class SetSandboxVerdictInput:
    customer_id: strawberry.ID = strawberry.field(description=OF_CUSTOMER)
    approve: bool = strawberry.field(description="Whether the verdict is an approval.")
    reject_type: RejectType | None = strawberry.field(
        default=RejectType.FINAL, description="Whether the customer may try again after a refusal."
    )
    reject_labels: list[str] | None = strawberry.field(default=strawberry.UNSET, description="The vendor's labels for a refusal.")
    customer_comment: str | None = strawberry.field(default=strawberry.UNSET, description="What the customer is told.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)
