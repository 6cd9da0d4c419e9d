"""Decisions of people about a customer: deactivation, whether a verification is required or may start, another screening."""

from __future__ import annotations

from enum import StrEnum

from app.domain.customer import KycStatus


class ChangeKind(StrEnum):
    DEACTIVATED = "DEACTIVATED"
    REACTIVATED = "REACTIVATED"
    KYC_REQUIRED = "KYC_REQUIRED"
    KYC_NOT_REQUIRED = "KYC_NOT_REQUIRED"
    SCREENED_AGAIN = "SCREENED_AGAIN"


# Refusals of `setKycRequired`, by kycStatus. Only NOT_STARTED and NOT_REQUIRED may be exchanged for each other.
REFUSALS: dict[KycStatus, tuple[str, str]] = {
    KycStatus.PENDING: ("VERIFICATION_IN_PROGRESS", "A verification was started and waits for the customer."),
    KycStatus.IN_PROGRESS: ("VERIFICATION_IN_PROGRESS", "A verification is under way."),
    KycStatus.AWAITING_RESUBMISSION: ("VERIFICATION_IN_PROGRESS", "The customer must submit something again."),
    KycStatus.VERIFIED: ("ALREADY_VERIFIED", "The customer is verified."),
    KycStatus.FAILED: ("VERIFICATION_FAILED", "The verification failed."),
}


# In these statuses the customer may continue to the provider's page.
MAY_OPEN = frozenset({KycStatus.PENDING, KycStatus.IN_PROGRESS, KycStatus.AWAITING_RESUBMISSION})


def may_start(kyc: KycStatus, *, gone: bool = False) -> tuple[str, str] | None:
    """Returns the code and message of a refused start, or None if a verification may start. `gone`: the provider no longer has
    the verification that is under way."""
    if kyc in (KycStatus.NOT_STARTED, KycStatus.FAILED) or (gone and kyc in MAY_OPEN):
        return None
    if kyc is KycStatus.NOT_REQUIRED:
        return "NOT_REQUIRED", "No verification is required of this customer."
    return REFUSALS[kyc]


def kyc_required(kyc: KycStatus, *, required: bool) -> KycStatus | tuple[str, str]:
    """Returns the next kycStatus, or the code and message that explain why none applies."""
    if kyc in REFUSALS:
        return REFUSALS[kyc]
    wanted = KycStatus.NOT_STARTED if required else KycStatus.NOT_REQUIRED
    if kyc is wanted:
        return "ALREADY_SO", "A verification is already required." if required else "A verification is already not required."
    return wanted
