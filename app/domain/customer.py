"""A customer's three statuses: two are stored and move through their machines, the third is computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.kyc import Submission


class KycStatus(StrEnum):
    NOT_STARTED = "NOT_STARTED"
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
    AWAITING_RESUBMISSION = "AWAITING_RESUBMISSION"
    NOT_REQUIRED = "NOT_REQUIRED"


class AmlStatus(StrEnum):
    NOT_SCREENED = "NOT_SCREENED"
    IN_PROGRESS = "IN_PROGRESS"
    CLEAR = "CLEAR"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    RESOLVED = "RESOLVED"


class AmlDecision(StrEnum):
    CLEARED = "CLEARED"
    REJECTED = "REJECTED"


class CustomerStatus(StrEnum):
    CREATED = "CREATED"
    UNDER_REVIEW = "UNDER_REVIEW"
    NEEDS_ADDITIONAL_INFORMATION = "NEEDS_ADDITIONAL_INFORMATION"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    DEACTIVATED = "DEACTIVATED"


class RiskLevel(StrEnum):
    UNKNOWN = "UNKNOWN"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class CustomerType(StrEnum):
    INDIVIDUAL = "INDIVIDUAL"


class NextActionCode(StrEnum):
    SUBMIT_KYC_DATA = "SUBMIT_KYC_DATA"
    START_VERIFICATION = "START_VERIFICATION"
    OPEN_VERIFICATION_LINK = "OPEN_VERIFICATION_LINK"
    WAIT = "WAIT"
    RESUBMIT = "RESUBMIT"
    ONBOARD = "ONBOARD"
    HOLD_FOR_AML_REVIEW = "HOLD_FOR_AML_REVIEW"
    CHECK_FINAL_DECISION = "CHECK_FINAL_DECISION"
    DO_NOT_ONBOARD = "DO_NOT_ONBOARD"
    NOTHING = "NOTHING"


K = KycStatus
KYC_TRANSITIONS: dict[KycStatus, frozenset[KycStatus]] = {
    K.NOT_STARTED: frozenset({K.PENDING, K.VERIFIED, K.NOT_REQUIRED}),
    K.PENDING: frozenset({K.IN_PROGRESS, K.VERIFIED, K.FAILED, K.AWAITING_RESUBMISSION}),
    # Back to PENDING: the provider no longer has the verification, and a person has started another one.
    K.IN_PROGRESS: frozenset({K.VERIFIED, K.FAILED, K.AWAITING_RESUBMISSION, K.PENDING}),
    K.AWAITING_RESUBMISSION: frozenset({K.IN_PROGRESS, K.VERIFIED, K.FAILED, K.PENDING}),
    K.VERIFIED: frozenset({K.FAILED, K.AWAITING_RESUBMISSION}),
    K.FAILED: frozenset({K.VERIFIED, K.IN_PROGRESS, K.PENDING}),
    K.NOT_REQUIRED: frozenset({K.NOT_STARTED}),
}
# In these statuses, an ingested approved verification makes the customer VERIFIED.
INGESTION_VERIFIES = frozenset({K.NOT_STARTED, K.FAILED})


@dataclass(frozen=True)
class Standing:
    """The stored facts from which a customer's status follows."""

    kyc: KycStatus
    aml: AmlStatus
    decision: AmlDecision | None = None
    deactivated: bool = False
    submission: Submission = Submission.NONE


def status(standing: Standing) -> CustomerStatus:
    """Returns the status by the first condition that holds; docs/states.md lists them."""
    kyc, aml = standing.kyc, standing.aml
    if standing.deactivated:
        return CustomerStatus.DEACTIVATED
    if kyc is K.FAILED or standing.decision is AmlDecision.REJECTED:
        return CustomerStatus.REJECTED
    if kyc is K.AWAITING_RESUBMISSION or standing.submission is Submission.INCOMPLETE:
        return CustomerStatus.NEEDS_ADDITIONAL_INFORMATION
    cleared = aml is AmlStatus.CLEAR or (aml is AmlStatus.RESOLVED and standing.decision is AmlDecision.CLEARED)
    if kyc is K.NOT_REQUIRED or (kyc is K.VERIFIED and cleared):
        return CustomerStatus.ACTIVE
    if standing.submission is Submission.COMPLETE or kyc in (K.PENDING, K.IN_PROGRESS, K.VERIFIED):
        return CustomerStatus.UNDER_REVIEW
    return CustomerStatus.CREATED


@dataclass(frozen=True)
class NextAction:
    """The next step for the caller's application. `customer_message` may be shown to the customer."""

    code: NextActionCode
    message: str
    customer_message: str | None = None


_BY_KYC: dict[KycStatus, NextAction] = {
    K.NOT_STARTED: NextAction(
        NextActionCode.START_VERIFICATION,
        "No verification yet. Ingest an approved one, or have a person start one (billable).",
    ),
    K.PENDING: NextAction(
        NextActionCode.OPEN_VERIFICATION_LINK,
        "The verification link is ready. Send the customer there.",
        "Please continue with the verification.",
    ),
    K.IN_PROGRESS: NextAction(
        NextActionCode.WAIT, "The provider is checking. Wait for the verdict.", "We are checking your details."
    ),
    K.AWAITING_RESUBMISSION: NextAction(
        NextActionCode.RESUBMIT,
        "The provider asks for something again. Send the customer back to the verification link.",
        "Please submit the requested information again.",
    ),
    K.FAILED: NextAction(NextActionCode.DO_NOT_ONBOARD, "The verification failed. Do not onboard this customer."),
    K.NOT_REQUIRED: NextAction(NextActionCode.ONBOARD, "No verification is required for this customer."),
}
_BY_AML: dict[AmlStatus, NextAction] = {
    AmlStatus.NOT_SCREENED: NextAction(
        NextActionCode.WAIT, "Identity is verified; AML screening has not run yet.", "We are checking your details."
    ),
    AmlStatus.IN_PROGRESS: NextAction(
        NextActionCode.WAIT, "Identity is verified; AML screening is running.", "We are checking your details."
    ),
    AmlStatus.CLEAR: NextAction(NextActionCode.ONBOARD, "Verified and clear. Onboard the customer."),
    AmlStatus.NEEDS_REVIEW: NextAction(
        NextActionCode.HOLD_FOR_AML_REVIEW,
        "AML screening found hits. Hold until compliance has decided.",
        "We are checking your details.",
    ),
    AmlStatus.RESOLVED: NextAction(
        NextActionCode.CHECK_FINAL_DECISION, "Compliance has decided on the AML hits. Follow the recorded decision."
    ),
}


_SUBMIT = NextAction(
    NextActionCode.SUBMIT_KYC_DATA,
    "The submitted data is incomplete. `requiredInformation` names the missing fields.",
    "Please submit the missing information.",
)
_SUBMITTED = NextAction(
    NextActionCode.START_VERIFICATION,
    "The data is complete. A person must answer the risk questions and start the verification (billable).",
    "We have your details and will get back to you.",
)
# In these statuses, another action comes before submitting the missing data.
_BEFORE_DATA = frozenset({K.PENDING, K.AWAITING_RESUBMISSION, K.FAILED})


def next_action(standing: Standing) -> NextAction:
    """Returns the next action for any combination of the stored facts."""
    kyc, aml, submission = standing.kyc, standing.aml, standing.submission
    if standing.deactivated:
        return NextAction(NextActionCode.NOTHING, "The customer is deactivated.")
    if standing.decision is AmlDecision.REJECTED:
        return NextAction(NextActionCode.DO_NOT_ONBOARD, "Compliance rejected this customer. Do not onboard.")
    if kyc is K.VERIFIED and aml is AmlStatus.NEEDS_REVIEW:
        return _BY_AML[aml]
    if submission is Submission.INCOMPLETE and kyc not in _BEFORE_DATA:
        return _SUBMIT
    if submission is Submission.COMPLETE and kyc is K.NOT_STARTED:
        return _SUBMITTED
    return _BY_AML[aml] if kyc is K.VERIFIED else _BY_KYC[kyc]


DATA_MAY_CHANGE = frozenset({CustomerStatus.CREATED, CustomerStatus.NEEDS_ADDITIONAL_INFORMATION, CustomerStatus.REJECTED})


def data_may_change(standing: Standing) -> bool:
    """Returns whether KYC data may be submitted. It is locked while it is judged and after approval."""
    return status(standing) in DATA_MAY_CHANGE


# The next action as the customer sees it, without anything of screening or risk.
FOR_THE_CUSTOMER: dict[NextActionCode, NextActionCode] = {
    NextActionCode.SUBMIT_KYC_DATA: NextActionCode.SUBMIT_KYC_DATA,
    NextActionCode.START_VERIFICATION: NextActionCode.WAIT,
    NextActionCode.OPEN_VERIFICATION_LINK: NextActionCode.OPEN_VERIFICATION_LINK,
    NextActionCode.WAIT: NextActionCode.WAIT,
    NextActionCode.RESUBMIT: NextActionCode.RESUBMIT,
    NextActionCode.ONBOARD: NextActionCode.NOTHING,
    NextActionCode.HOLD_FOR_AML_REVIEW: NextActionCode.WAIT,
    NextActionCode.CHECK_FINAL_DECISION: NextActionCode.NOTHING,
    NextActionCode.DO_NOT_ONBOARD: NextActionCode.NOTHING,
    NextActionCode.NOTHING: NextActionCode.NOTHING,
}


def own_action(standing: Standing) -> NextActionCode:
    """Returns the next action for the customer's own eyes."""
    code = next_action(standing).code
    if code is NextActionCode.START_VERIFICATION and standing.submission is Submission.NONE:
        return NextActionCode.SUBMIT_KYC_DATA
    return FOR_THE_CUSTOMER[code]
