"""Stuck cases: causes, and the remedy for each, by API and by command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOUR, DAY = 3600.0, 86_400.0


class Cause(StrEnum):
    START_UNCERTAIN = "START_UNCERTAIN"
    START_AWAITS_APPROVAL = "START_AWAITS_APPROVAL"
    START_NOT_ANSWERED = "START_NOT_ANSWERED"
    NOBODY_STARTS = "NOBODY_STARTS"
    CUSTOMER_DOES_NOT_OPEN = "CUSTOMER_DOES_NOT_OPEN"
    CUSTOMER_DOES_NOT_FINISH = "CUSTOMER_DOES_NOT_FINISH"
    CUSTOMER_DOES_NOT_RESUBMIT = "CUSTOMER_DOES_NOT_RESUBMIT"
    VENDOR_DOES_NOT_DECIDE = "VENDOR_DOES_NOT_DECIDE"
    VENDOR_OUT_OF_REACH = "VENDOR_OUT_OF_REACH"
    GONE_AT_VENDOR = "GONE_AT_VENDOR"
    NOT_SCREENED = "NOT_SCREENED"
    HITS_NOT_JUDGED = "HITS_NOT_JUDGED"


@dataclass(frozen=True)
class Advice:
    """A cause's threshold in seconds, its meaning, and the remedy by API and by command."""

    seconds: float
    meaning: str
    next_step: str
    api: str
    command: str


DOCTOR, STUCK = "gatehouse doctor", "gatehouse stuck"
ADVICE: dict[Cause, Advice] = {
    Cause.START_UNCERTAIN: Advice(
        0.0,
        "A start was sent and not answered. Gatehouse cannot find out whether the provider created a verification.",
        "Look for the verification id in the provider's dashboard, then resolve the start.",
        "resolveVerificationStart",
        STUCK,
    ),
    Cause.START_AWAITS_APPROVAL: Advice(
        DAY, "A start waits for a second person.", "Approve it, or withdraw it.", "approveVerificationStart", STUCK
    ),
    Cause.START_NOT_ANSWERED: Advice(
        300.0,
        "A start is authorised, and the provider cannot be reached.",
        "Check the provider's credentials and its status page. Retries are automatic.",
        "verificationStarts",
        DOCTOR,
    ),
    Cause.NOBODY_STARTS: Advice(
        2 * DAY, "The data is complete, and nobody has started the verification.", "Start it.", "startVerification", STUCK
    ),
    Cause.CUSTOMER_DOES_NOT_OPEN: Advice(
        3 * DAY, "The customer has not opened the link.", "Send the customer the link again.", "Customer.verificationLink", STUCK
    ),
    Cause.CUSTOMER_DOES_NOT_FINISH: Advice(
        3 * DAY, "The customer began and did not finish.", "Send the customer the link again.", "Customer.verificationLink", STUCK
    ),
    Cause.CUSTOMER_DOES_NOT_RESUBMIT: Advice(
        3 * DAY,
        "The customer has not resubmitted what was asked for.",
        "Send the customer the link again, and say what is asked for.",
        "Customer.requiredInformation",
        STUCK,
    ),
    Cause.VENDOR_DOES_NOT_DECIDE: Advice(
        2 * DAY,
        "The provider has been checking for unusually long.",
        "Look at the verification in the provider's dashboard, or contact its support.",
        "Verification.vendorRecord",
        DOCTOR,
    ),
    Cause.VENDOR_OUT_OF_REACH: Advice(
        HOUR,
        "The provider has not answered about this verification for a while.",
        "Check the provider's credentials and its status page. Retries are automatic.",
        "Customer.verification",
        DOCTOR,
    ),
    Cause.GONE_AT_VENDOR: Advice(
        0.0,
        "The provider no longer has this verification, and it was never decided.",
        "Start another verification. It is allowed in this case.",
        "startVerification",
        STUCK,
    ),
    Cause.NOT_SCREENED: Advice(
        HOUR,
        "The customer is verified, and the screening has not come to a result.",
        "See which screener has no result, then check the provider's level, the lists and the service's address.",
        "Customer.aml.checks",
        "gatehouse lists status",
    ),
    Cause.HITS_NOT_JUDGED: Advice(
        DAY,
        "Screening found hits, and nobody has decided.",
        "Judge each hit, then decide about the customer.",
        "reviewAmlHit, resolveAml",
        STUCK,
    ),
}
