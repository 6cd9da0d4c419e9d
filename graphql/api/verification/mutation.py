"""Actions on a customer's verification at its provider. Billable and destructive ones require a person."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from api.context import Context, Info
from api.customer import customer
from api.customer.customer import Customer
from api.errors import UserError, user_errors
from api.scalars import URL, given
from api.verification import check
from api.verification.correction import corrected
from api.verification.enums import RejectType
from api.verification.input import (
    AskRegistryInput,
    BlockApplicantInput,
    ChangeVerificationLevelInput,
    CorrectApplicantInput,
    CreateSdkTokenInput,
    CreateVerificationLinkInput,
    CustomerVerificationInput,
    RequestRecheckInput,
    ResetVerificationStepInput,
    SetApplicantPresenceInput,
    SetDocumentInactiveInput,
    SetRiskLevelInput,
    SetSandboxVerdictInput,
    ShareVerificationInput,
    TagCustomerInput,
)
from api.verification.verification import Verification
from app.domain import action as ask
from app.domain.action import NEEDS_A_PERSON, Action, ActionAnswer
from app.domain.credential import Right
from app.errors import BadRequest, UserFault, UserFaults
from app.service.trust import validation
from app.service.verification import action


@strawberry.type(description="The result of an action on a verification.")
class VerificationPayload:
    verification: Verification | None = strawberry.field(description="The verification; null if it was refused.")
    customer: Customer | None = strawberry.field(description="The customer; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type(description="The result of `requestRecheck`.")
class RequestRecheckPayload(VerificationPayload):
    pass


@strawberry.type(description="A secret for the caller: a token or an address. It is shown this once.")
class SecretPayload:
    token: str | None = strawberry.field(description="The token, an opaque text of at most 1 KB; null for an address.")
    url: URL | None = strawberry.field(description="The address; null for a token.")
    verification: Verification | None = strawberry.field(description="The verification it is for; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


def _order(context: Context, customer_id: str, wanted: Action, key: str | None, faults: list[UserFault]) -> action.Order:
    """Checks the caller, then the input."""
    caller = context.require_person(Right.ACT) if wanted.kind in NEEDS_A_PERSON else context.require(Right.WRITE)
    validation.refuse([*faults, *validation.idempotency_key(given(key))])
    return action.Order(context.tenant_id, customer_id, wanted, caller.name, caller.credential_id, given(key))


async def _done(
    context: Context, customer_id: str, wanted: Action, key: str | None, faults: list[UserFault] | None = None
) -> VerificationPayload:
    try:
        order = _order(context, customer_id, wanted, key, faults or [])
        done = await action.carry_out(context.deps, context.providers, order)
    except (UserFault, UserFaults) as refusal:
        return VerificationPayload(verification=None, customer=None, user_errors=user_errors(refusal))
    row = await context.loaders.verification_by_id.load(done.verification_id)
    return VerificationPayload(
        verification=Verification.of(row), customer=await customer.by_id(context, customer_id), user_errors=[]
    )


async def _secret(
    context: Context, customer_id: str, wanted: Action, key: str | None, faults: list[UserFault]
) -> tuple[ActionAnswer | None, Verification | None, list[UserError]]:
    try:
        order = _order(context, customer_id, wanted, key, faults)
        done = await action.carry_out(context.deps, context.providers, order)
    except (UserFault, UserFaults) as refusal:
        return None, None, user_errors(refusal)
    row = await context.loaders.verification_by_id.load(done.verification_id)
    return done.answer, Verification.of(row), []


@strawberry.type
class ActionMutation:
    @strawberry.mutation(description="Asks the provider for another check. Billable: needs a person.")
    async def request_recheck(
        self,
        info: Info,
        input: Annotated[RequestRecheckInput, strawberry.argument(description="The customer, and the reason.")],
    ) -> RequestRecheckPayload:
        reason, code = given(input.reason), given(input.reason_code)
        faults = [*check.optional(reason, "reason"), *check.optional(code, "reasonCode")]
        done = await _done(info.context, input.customer_id, ask.Recheck(reason, code), input.idempotency_key, faults)
        return RequestRecheckPayload(verification=done.verification, customer=done.customer, user_errors=done.user_errors)

    @strawberry.mutation(description="Makes one step of the provider's flow have to be passed again. Needs a person.")
    async def reset_verification_step(
        self,
        info: Info,
        input: Annotated[ResetVerificationStepInput, strawberry.argument(description="The customer, and the step to reset.")],
    ) -> VerificationPayload:
        faults = check.text(input.step, "step", 60)
        return await _done(info.context, input.customer_id, ask.ResetStep(input.step), input.idempotency_key, faults)

    @strawberry.mutation(description="Makes the whole verification begin anew. Refused after fraud. Needs a person.")
    async def reset_verification(
        self,
        info: Info,
        input: Annotated[
            CustomerVerificationInput, strawberry.argument(description="The customer whose newest verification is meant.")
        ],
    ) -> VerificationPayload:
        return await _done(info.context, input.customer_id, ask.Reset(), input.idempotency_key)

    @strawberry.mutation(description="Moves the verification to another level of the provider's. Billable: needs a person.")
    async def change_verification_level(
        self,
        info: Info,
        input: Annotated[ChangeVerificationLevelInput, strawberry.argument(description="The customer, and the new level.")],
    ) -> VerificationPayload:
        faults = check.text(input.level, "level", 200)
        return await _done(info.context, input.customer_id, ask.ChangeLevel(input.level), input.idempotency_key, faults)

    @strawberry.mutation(description="Puts the person on the firm's blocklist at the provider: a final refusal. Needs a person.")
    async def block_applicant(
        self,
        info: Info,
        input: Annotated[BlockApplicantInput, strawberry.argument(description="The customer, and the reason for the record.")],
    ) -> VerificationPayload:
        faults = check.text(input.reason, "reason")
        return await _done(info.context, input.customer_id, ask.Block(input.reason), input.idempotency_key, faults)

    @strawberry.mutation(description="Activates or deactivates the profile at the provider. Needs a person.")
    async def set_applicant_presence(
        self,
        info: Info,
        input: Annotated[SetApplicantPresenceInput, strawberry.argument(description="The customer, and its presence.")],
    ) -> VerificationPayload:
        return await _done(info.context, input.customer_id, ask.SetPresence(input.active), input.idempotency_key)

    @strawberry.mutation(description="Sets one image aside, so that the customer is asked for another. Needs a person.")
    async def set_document_inactive(
        self,
        info: Info,
        input: Annotated[SetDocumentInactiveInput, strawberry.argument(description="The customer, and the image to set aside.")],
    ) -> VerificationPayload:
        faults = check.text(input.image_id, "imageId", 100)
        wanted = ask.SetDocumentInactive(input.image_id, input.inactive is not False)
        return await _done(info.context, input.customer_id, wanted, input.idempotency_key, faults)

    @strawberry.mutation(description="Changes what the firm declared of the person; the provider compares it with documents.")
    async def correct_applicant(
        self,
        info: Info,
        input: Annotated[CorrectApplicantInput, strawberry.argument(description="The customer and its corrections.")],
    ) -> VerificationPayload:
        wanted, faults = corrected(input)
        return await _done(info.context, input.customer_id, wanted, input.idempotency_key, faults)

    @strawberry.mutation(description="Asks a government's registry about the person; the answer comes later. Needs a person.")
    async def ask_registry(
        self,
        info: Info,
        input: Annotated[AskRegistryInput, strawberry.argument(description="The customer and the question.")],
    ) -> VerificationPayload:
        data: Any = input.data
        good = isinstance(data, dict)
        faults = [] if good else [UserFault("INVALID_DATA", "This must be a JSON object.", ["input", "data"])]
        wanted = ask.AskRegistry(data if good else {})
        return await _done(info.context, input.customer_id, wanted, input.idempotency_key, faults)

    @strawberry.mutation(description="Ends the upload of a session, so that the provider begins to check. Needs a person.")
    async def submit_verification(
        self,
        info: Info,
        input: Annotated[
            CustomerVerificationInput, strawberry.argument(description="The customer whose newest verification is meant.")
        ],
    ) -> VerificationPayload:
        return await _done(info.context, input.customer_id, ask.Submit(), input.idempotency_key)

    @strawberry.mutation(description="Deletes the verification with its data at the provider, for good. Needs a person.")
    async def delete_verification(
        self,
        info: Info,
        input: Annotated[
            CustomerVerificationInput, strawberry.argument(description="The customer whose newest verification is meant.")
        ],
    ) -> VerificationPayload:
        return await _done(info.context, input.customer_id, ask.Delete(), input.idempotency_key)

    @strawberry.mutation(description="Gives a verdict in the provider's sandbox, where nothing is decided by itself.")
    async def set_sandbox_verdict(
        self,
        info: Info,
        input: Annotated[SetSandboxVerdictInput, strawberry.argument(description="The customer and the verdict.")],
    ) -> VerificationPayload:
        if not info.context.sandbox:
            raise BadRequest("There is no sandbox in production.")
        comment, labels = given(input.customer_comment), given(input.reject_labels)
        words = tuple(labels) if labels is not None else ()
        faults = [*check.optional(comment, "customerComment"), *check.tags_of(words, "rejectLabels")]
        wanted = ask.SandboxVerdict(input.approve, input.reject_type is RejectType.RETRY, words, comment)
        return await _done(info.context, input.customer_id, wanted, input.idempotency_key, faults)

    @strawberry.mutation(description="Makes a token by which a partner may import the verification, once. Needs a person.")
    async def share_verification(
        self,
        info: Info,
        input: Annotated[ShareVerificationInput, strawberry.argument(description="The customer, and the partner to share with.")],
    ) -> SecretPayload:
        seconds, faults = check.lifetime(input.ttl_seconds, 1200)
        faults += check.text(input.for_client_id, "forClientId", 200)
        wanted = ask.Share(input.for_client_id, seconds)
        answer, found, errors = await _secret(info.context, input.customer_id, wanted, input.idempotency_key, faults)
        return SecretPayload(token=answer.secret if answer else None, url=None, verification=found, user_errors=errors)

    @strawberry.mutation(description="Makes a token for the provider's SDK in the firm's own front end. Starts nothing new.")
    async def create_sdk_token(
        self,
        info: Info,
        input: Annotated[CreateSdkTokenInput, strawberry.argument(description="The customer, and the lifetime in seconds.")],
    ) -> SecretPayload:
        seconds, faults = check.lifetime(input.ttl_seconds, 600)
        wanted = ask.SdkToken(seconds)
        answer, found, errors = await _secret(info.context, input.customer_id, wanted, input.idempotency_key, faults)
        return SecretPayload(token=answer.secret if answer else None, url=None, verification=found, user_errors=errors)

    @strawberry.mutation(description="Makes an address of the provider's hosted page. Starts nothing new.")
    async def create_verification_link(
        self,
        info: Info,
        input: Annotated[
            CreateVerificationLinkInput, strawberry.argument(description="The customer, and the lifetime in seconds.")
        ],
    ) -> SecretPayload:
        seconds, faults = check.lifetime(input.ttl_seconds, 1800)
        success, reject = given(input.success_url), given(input.reject_url)
        faults += [*check.address(success, "successUrl"), *check.address(reject, "rejectUrl")]
        wanted = ask.Link(seconds, success, reject)
        answer, found, errors = await _secret(info.context, input.customer_id, wanted, input.idempotency_key, faults)
        url = URL(answer.secret) if answer and answer.secret else None
        return SecretPayload(token=None, url=url, verification=found, user_errors=errors)

    @strawberry.mutation(description="Sets the customer's risk level, here and at the provider where it can hold one.")
    async def set_risk_level(
        self,
        info: Info,
        input: Annotated[SetRiskLevelInput, strawberry.argument(description="The customer, the risk level and the reason.")],
    ) -> VerificationPayload:
        faults = check.text(input.comment, "comment")
        wanted = ask.SetRiskLevel(input.risk_level, input.comment)
        return await _both(info.context, input.customer_id, wanted, input.idempotency_key, faults, risk_level=input.risk_level)

    @strawberry.mutation(description="Sets the customer's tags, here; and adds them at the provider where it can hold them.")
    async def tag_customer(
        self, info: Info, input: Annotated[TagCustomerInput, strawberry.argument(description="The customer, and all its tags.")]
    ) -> VerificationPayload:
        tags = tuple(dict.fromkeys(input.tags))
        faults = check.tags_of(tags, "tags")
        return await _both(info.context, input.customer_id, ask.Tag(tags), input.idempotency_key, faults, tags=list(tags))


# With these refusals the provider cannot hold the values, so they are stored here only.
ONLY_HERE = frozenset({"VERIFICATION_NOT_STARTED", "NOT_SUPPORTED_BY_PROVIDER", "PROVIDER_NOT_CONFIGURED"})


async def _both(
    context: Context, customer_id: str, wanted: Action, key: str | None, faults: list[UserFault], **values: object
) -> VerificationPayload:
    """Sets values at the provider, then here. Sets nothing here if the provider refuses for a reason outside ONLY_HERE."""
    found: Verification | None = None
    try:
        order = _order(context, customer_id, wanted, key, faults)
        try:
            done = await action.carry_out(context.deps, context.providers, order)
            row = await context.loaders.verification_by_id.load(done.verification_id)
            found = Verification.of(row)
        except UserFault as refusal:
            if refusal.code not in ONLY_HERE:
                raise
        await action.set_on_customer(context.deps, order, **values)
    except (UserFault, UserFaults) as refusal:
        return VerificationPayload(verification=None, customer=None, user_errors=user_errors(refusal))
    return VerificationPayload(verification=found, customer=await customer.by_id(context, customer_id), user_errors=[])
