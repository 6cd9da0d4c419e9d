"""Veriff's errors mapped to our codes. Source: devdocs.veriff.com, error codes; `{status: "fail", code, message}`."""

from __future__ import annotations

from app.errors import Answered, NotSent, ProcessFault, VendorFault

KEY_HINT = "The operator must check GATEHOUSE_VERIFF_API_KEY, _SHARED_SECRET or GATEHOUSE_VERIFF_INTEGRATIONS."
LATER_HINT = "Try again later; if it goes on, ask Veriff's support."


def explain(fault: VendorFault) -> ProcessFault:
    """Returns our fault for a failed call, with Veriff's own code in the details."""
    if not isinstance(fault, Answered):
        message = "Veriff could not be reached." if isinstance(fault, NotSent) else "Veriff gave no usable answer."
        return ProcessFault("veriff_client_error", message, LATER_HINT, details={"operation": fault.operation})
    code, message, hint = _meaning(fault)
    details = {
        "operation": fault.operation,
        "status": fault.status,
        "errorCode": fault.vendor_code if fault.vendor_code is not None else fault.vendor_name,
    }
    return ProcessFault(code, message, hint, details={key: value for key, value in details.items() if value is not None})


def _meaning(fault: Answered) -> tuple[str, str, str]:
    if fault.status in (404, 410):
        return (
            "provider_reference_invalid",
            "Veriff does not know this session in this integration.",
            "Check the session id, and that the integration is the one that created it.",
        )
    if fault.status in (401, 403):
        return "veriff_client_error", "Veriff refused our keys or signature.", KEY_HINT
    if fault.status == 409:
        return "veriff_client_error", "The session's state does not allow this.", "Look at where the session stands, and wait."
    return "veriff_client_error", f"Veriff answered with an error ({fault.status}).", LATER_HINT
