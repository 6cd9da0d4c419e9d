"""Why a customer does not get on, and what to do about it: by the API and by command."""

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
    """After how many seconds something counts as stuck; what it means, what to ask of the API, and what to run."""

    seconds: float
    meaning: str
    next_step: str
    api: str
    command: str


DOCTOR, STUCK = "gatehouse doctor", "gatehouse stuck"
ADVICE: dict[Cause, Advice] = {
    Cause.START_UNCERTAIN: Advice(
        0.0,
        "A start was sent and not answered: whether the vendor made something cannot be found out from here.",
        "Look for the verification id in the vendor's dashboard, then tell what is there.",
        "resolveVerificationStart",
        STUCK,
    ),
    Cause.START_AWAITS_APPROVAL: Advice(
        DAY, "A start waits for a second person.", "Approve it, or withdraw it.", "approveVerificationStart", STUCK
    ),
    Cause.START_NOT_ANSWERED: Advice(
        300.0,
        "A start is authorised and the vendor cannot be reached.",
        "Check the vendor's credentials and its status page; it is tried again by itself.",
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
        "Something must be given again, and the customer has not.",
        "Tell the customer what is asked for, with the link.",
        "Customer.requiredInformation",
        STUCK,
    ),
    Cause.VENDOR_DOES_NOT_DECIDE: Advice(
        2 * DAY,
        "The vendor has been checking for unusually long.",
        "Look at the verification in the vendor's dashboard, or write to its support.",
        "Verification.vendorRecord",
        DOCTOR,
    ),
    Cause.VENDOR_OUT_OF_REACH: Advice(
        HOUR,
        "The vendor has not answered about this verification for a while.",
        "Check the vendor's credentials and its status page; it is asked again by itself.",
        "Customer.verification",
        DOCTOR,
    ),
    Cause.GONE_AT_VENDOR: Advice(
        0.0,
        "The vendor no longer has this verification, and it was not decided.",
        "Start another one: it is allowed, since nothing will come of this one.",
        "startVerification",
        STUCK,
    ),
    Cause.NOT_SCREENED: Advice(
        HOUR,
        "The customer is verified, and the screening has not come to a result.",
        "See which screener has not answered or has not looked; check the vendor's level, the lists, the service's address.",
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
