"""Mapping of Sumsub errors to our codes. Source: API reference, "Error codes", and the reuse errors 10501 to 10521."""

from __future__ import annotations

from app.errors import Answered, NotSent, ProcessFault, VendorFault

CREDENTIALS = range(4000, 4008)
# The share token itself is invalid.
BAD_TOKEN = frozenset({10503, 10504})
# The donor's applicant is not approved, not active or was never moderated.
NOT_APPROVED = frozenset({10507, 10508, 10509})
# The donor's data does not meet the requirements of our level.
NO_FIT = frozenset({10510, 10511, 10512, 10513, 10514, 10515, 10516, 10517, 10518, 10519})
REDEEMING = frozenset({"reuse", "import"})
# Errors of other calls: the message and the remedy.
REFUSALS: dict[int, tuple[str, str]] = {
    1000: ("This very file was uploaded before.", "Send another picture."),
    1001: ("The applicant holds too many documents.", "Set documents aside that are no longer needed."),
    1002: ("The file is too big (more than 64 MB).", "Send a smaller one."),
    1003: ("The file is empty.", "Send the whole file."),
    1004: ("The file is broken, or not what its type says.", "Send it as it came from the camera or the issuer."),
    1005: ("Files of this format are not taken.", "Send JPEG, PNG or PDF."),
    1006: ("The applicant is being checked.", "Wait for the verdict."),
    1007: ("The file's size is outside what the account allows.", "Look at the account's global settings at Sumsub."),
    1008: ("The applicant is deactivated or deleted.", "Reactivate the applicant first."),
    1009: ("The applicant was refused for good.", "Ask for a re-check if the refusal was a mistake."),
    1010: ("The level asks for no document of this type.", "Send one that the level asks for, or change the level."),
    3000: ("The applicant is in that state already.", "Nothing needs to be done."),
    5000: ("The applicant is on the blocklist already.", "Nothing needs to be done."),
    5001: ("The applicant is on the allowlist already.", "Nothing needs to be done."),
}

REFERENCE_HINT = "Most likely it was used before or has expired (20 minutes by default). Ask for a fresh share token."
KEY_HINT = "The operator must check GATEHOUSE_SUMSUB_APP_TOKEN, GATEHOUSE_SUMSUB_SECRET_KEY and the server's clock."
LATER_HINT = "Try again later; if it goes on, give Sumsub's support the correlation id."


def explain(fault: VendorFault) -> ProcessFault:
    """Returns the fault with our code, a message and a hint. The details hold Sumsub's own code and correlation id."""
    if not isinstance(fault, Answered):
        message = "Sumsub could not be reached." if isinstance(fault, NotSent) else "Sumsub gave no usable answer."
        return ProcessFault("sumsub_client_error", message, LATER_HINT, details={"operation": fault.operation})
    code, message, hint = _meaning(fault)
    details = {
        "operation": fault.operation,
        "status": fault.status,
        "errorCode": fault.vendor_code,
        "errorName": fault.vendor_name,
        "correlationId": fault.correlation_id,
    }
    return ProcessFault(code, message, hint, details={key: value for key, value in details.items() if value is not None})


def _meaning(fault: Answered) -> tuple[str, str, str]:
    code, status = fault.vendor_code, fault.status
    if code in NOT_APPROVED:
        return (
            "verification_not_approved",
            "The applicant behind the share token is not approved and active.",
            "Only approved verifications can be ingested. Ask the sharing party to look at the applicant.",
        )
    if code in BAD_TOKEN:
        return "provider_reference_invalid", "Sumsub does not accept the share token.", REFERENCE_HINT
    if code in NO_FIT:
        return (
            "provider_data_not_available",
            "The shared applicant does not hold what the level here requires.",
            "Compare the level GATEHOUSE_SUMSUB_LEVEL with what the sharing party verifies.",
        )
    if code in REFUSALS:
        return "sumsub_client_error", *REFUSALS[code]
    if code is not None and code in CREDENTIALS:
        return "sumsub_client_error", "Sumsub refused our credentials or signature.", KEY_HINT
    if status == 401 and fault.operation in REDEEMING:
        return "provider_reference_invalid", "Sumsub says that the share token is invalid.", REFERENCE_HINT
    if status == 304:
        return "sumsub_client_error", "The applicant is being checked: nothing was changed.", "Wait for the verdict."
    if status == 404:
        return (
            "provider_reference_invalid",
            "Sumsub does not know this applicant in our account.",
            "Check the applicant id, and that it belongs to the account configured here.",
        )
    if status in (401, 403):
        hint = "Give the app token the permission for this; reading needs those to view applicants and their personal data."
        return "sumsub_client_error", "Sumsub does not let our app token do this.", hint
    return "sumsub_client_error", f"Sumsub answered with an error ({status}).", LATER_HINT
