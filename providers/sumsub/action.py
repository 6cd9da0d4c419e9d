"""Sumsub implementation of each action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.domain import action as ask
from app.domain.action import Action, ActionAnswer, ActionKind, Subject
from app.domain.normal import country
from app.domain.verification import Stage
from app.errors import Answered, Unanswered, UserFault
from providers.sumsub import state, vocabulary
from providers.sumsub.account import PROVIDER
from providers.sumsub.client import Client
from providers.tree import Tree

# "already in the required state" and "already blocklisted": the requested state is already reached.
ALREADY = frozenset({3000, 5000})
# A reset is unsafe with these labels: such applicants must not start over (API reference, "Resetting an applicant").
NEVER_RESET = frozenset({"FORGERY", "SELFIE_MISMATCH", "BLACKLIST", "BLOCKLIST", "INCONSISTENT_PROFILE", "FRAUDULENT_PATTERNS"})


async def act(client: Client, subject: Subject, action: Action) -> ActionAnswer:
    """Executes an action. Raises VendorFault, or UserFault if Sumsub would refuse the action or it is not safe."""
    return await HANDLERS[action.kind](client, subject, action)


async def _recheck(client: Client, subject: Subject, asked: ask.Recheck) -> ActionAnswer:
    """Requests a check, which is billable. If an earlier call may have succeeded, skips the request when a check is running or a
    newer attempt exists."""
    if subject.in_doubt:
        review = Tree.parse(await client.reviews.status(subject.reference))
        begun = state.STAGES.get(review.at("reviewStatus").text or "") is Stage.IN_PROGRESS
        if begun or (review.at("attemptCnt").number or 0) > subject.attempt:
            return ActionAnswer()
    return await _done(client.reviews.request_check(subject.reference, reason=asked.reason, reason_code=asked.reason_code))


async def _reset_step(client: Client, subject: Subject, asked: ask.ResetStep) -> ActionAnswer:
    known = vocabulary.words("resettableSteps")
    if asked.step not in known:
        hint = f"Sumsub can reset: {', '.join(sorted(known))}."
        raise UserFault("STEP_NOT_RESETTABLE", "This step cannot be reset.", ["input", "step"], hint)
    return await _done(client.applicants.reset_step(subject.reference, asked.step))


async def _reset(client: Client, subject: Subject, _: ask.Reset) -> ActionAnswer:
    review = Tree.parse(await client.reviews.status(subject.reference))
    labels = {label.text for label in review.at("reviewResult", "rejectLabels").items()}
    unsafe = sorted(NEVER_RESET & labels)  # type: ignore[type-var]
    if unsafe:
        raise UserFault(
            "RESET_NOT_SAFE",
            f"The verification was refused for {', '.join(map(str, unsafe))}: it must not begin anew.",
            None,
            "Ask for a re-check if the refusal was a mistake.",
        )
    return await _done(client.applicants.reset(subject.reference))


async def _change_level(client: Client, subject: Subject, asked: ask.ChangeLevel) -> ActionAnswer:
    return await _done(client.applicants.change_level(subject.reference, asked.level))


async def _block(client: Client, subject: Subject, asked: ask.Block) -> ActionAnswer:
    return await _done(client.applicants.block(subject.reference, asked.reason))


async def _set_risk_level(client: Client, subject: Subject, asked: ask.SetRiskLevel) -> ActionAnswer:
    return await _done(client.applicants.set_risk_level(subject.reference, asked.level.lower(), asked.comment))


async def _tag(client: Client, subject: Subject, asked: ask.Tag) -> ActionAnswer:
    return await _done(client.applicants.add_tags(subject.reference, asked.tags))


async def _set_presence(client: Client, subject: Subject, asked: ask.SetPresence) -> ActionAnswer:
    return await _done(client.applicants.set_presence(subject.reference, active=asked.active))


async def _share(client: Client, subject: Subject, asked: ask.Share) -> ActionAnswer:
    answer = await client.access.share_token(subject.reference, asked.client_id, ttl_seconds=asked.ttl_seconds)
    return _secret(answer, "token", "share-token")


async def _correct(client: Client, subject: Subject, asked: ask.Correct) -> ActionAnswer:
    """Sends corrections to fixed info (names, dates, countries) and to top-level fields, in one call each and only if needed."""
    declared = {
        "firstName": asked.first_name,
        "middleName": asked.middle_name,
        "lastName": asked.last_name,
        "dob": asked.birthdate,
        "placeOfBirth": asked.place_of_birth,
        "country": country.alpha3(asked.country) if asked.country else None,
        "nationality": country.alpha3(asked.nationality) if asked.nationality else None,
    }
    top = {"email": asked.email, "phone": asked.phone, "lang": asked.language}
    fixed_info = {name: value for name, value in declared.items() if value is not None}
    if fixed_info:
        await client.applicants.change_fixed_info(subject.reference, fixed_info)
    if any(value is not None for value in top.values()):
        await client.applicants.change_top_level(subject.reference, {name: text for name, text in top.items() if text is not None})
    return ActionAnswer()


async def _set_document_inactive(client: Client, subject: Subject, asked: ask.SetDocumentInactive) -> ActionAnswer:
    applicant = Tree.parse(await client.applicants.read(subject.reference))
    inspection = applicant.at("inspectionId").text
    if inspection is None:
        raise Unanswered(PROVIDER, "applicant", "the answer names no inspection")
    return await _done(client.documents.set_inactive(inspection, asked.image_id, revert=not asked.inactive))


async def _sdk_token(client: Client, subject: Subject, asked: ask.SdkToken) -> ActionAnswer:
    """Creates an SDK token for the applicant's own user id and level. Any other user id would create a billable applicant."""
    user, level = await _user_and_level(client, subject)
    return _secret(await client.access.sdk_token(user, level, ttl_seconds=asked.ttl_seconds), "token", "sdk-token")


async def _link(client: Client, subject: Subject, asked: ask.Link) -> ActionAnswer:
    user, level = await _user_and_level(client, subject)
    redirect = {"successUrl": asked.success_url, "rejectUrl": asked.reject_url}
    given = {name: value for name, value in redirect.items() if value}
    answer = await client.access.hosted_link(user, level, ttl_seconds=asked.ttl_seconds, redirect=given)
    return _secret(answer, "url", "hosted-link")


async def _sandbox_verdict(client: Client, subject: Subject, asked: ask.SandboxVerdict) -> ActionAnswer:
    reject_type = None if asked.approve else "RETRY" if asked.retry else "FINAL"
    return await _done(
        client.reviews.set_sandbox_verdict(
            subject.reference,
            "GREEN" if asked.approve else "RED",
            labels=asked.labels,
            reject_type=reject_type,
            moderation_comment=asked.customer_comment,
        )
    )


async def _user_and_level(client: Client, subject: Subject) -> tuple[str, str]:
    applicant = Tree.parse(await client.applicants.read(subject.reference))
    user = applicant.at("externalUserId").text
    if user is None:
        raise Unanswered(PROVIDER, "applicant", "the answer names no external user id")
    return user, applicant.at("review", "levelName").text or subject.level or client.level


async def _done(call: Awaitable[bytes]) -> ActionAnswer:
    """Awaits the call and treats "already in this state" errors as success."""
    try:
        await call
    except Answered as fault:
        if fault.vendor_code not in ALREADY:
            raise
    return ActionAnswer()


def _secret(answer: bytes, key: str, operation: str) -> ActionAnswer:
    found = Tree.parse(answer).at(key).value
    if not isinstance(found, str) or not found:
        raise Unanswered(PROVIDER, operation, f"the answer holds no {key}")
    return ActionAnswer(found)


HANDLERS: dict[ActionKind, Callable[[Client, Subject, Any], Awaitable[ActionAnswer]]] = {
    ActionKind.RECHECK: _recheck,
    ActionKind.RESET_STEP: _reset_step,
    ActionKind.RESET: _reset,
    ActionKind.CHANGE_LEVEL: _change_level,
    ActionKind.BLOCK: _block,
    ActionKind.SET_RISK_LEVEL: _set_risk_level,
    ActionKind.TAG: _tag,
    ActionKind.SET_PRESENCE: _set_presence,
    ActionKind.SHARE: _share,
    ActionKind.CORRECT: _correct,
    ActionKind.SET_DOCUMENT_INACTIVE: _set_document_inactive,
    ActionKind.SDK_TOKEN: _sdk_token,
    ActionKind.LINK: _link,
    ActionKind.SANDBOX_VERDICT: _sandbox_verdict,
}
