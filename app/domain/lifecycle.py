"""What people decide about a customer here: active or not, whether a verification is required, whether one may start, and
whether it is to be screened anew."""

from __future__ import annotations

from enum import StrEnum

from app.domain.customer import KycStatus


class ChangeKind(StrEnum):
    DEACTIVATED = "DEACTIVATED"
    REACTIVATED = "REACTIVATED"
    KYC_REQUIRED = "KYC_REQUIRED"
    KYC_NOT_REQUIRED = "KYC_NOT_REQUIRED"
    SCREENED_AGAIN = "SCREENED_AGAIN"


# Why `setKycRequired` is refused, by kycStatus. Only NOT_STARTED and NOT_REQUIRED may be exchanged for each other.
REFUSALS: dict[KycStatus, tuple[str, str]] = {
    KycStatus.PENDING: ("VERIFICATION_IN_PROGRESS", "A verification was started and waits for the customer."),
    KycStatus.IN_PROGRESS: ("VERIFICATION_IN_PROGRESS", "A verification is under way."),
    KycStatus.AWAITING_RESUBMISSION: ("VERIFICATION_IN_PROGRESS", "The vendor waits for something to be given again."),
    KycStatus.VERIFIED: ("ALREADY_VERIFIED", "The customer is verified."),
    KycStatus.FAILED: ("VERIFICATION_FAILED", "The verification failed."),
}


# While these last, the customer may go on to the vendor's page.
MAY_OPEN = frozenset({KycStatus.PENDING, KycStatus.IN_PROGRESS, KycStatus.AWAITING_RESUBMISSION})


def may_start(kyc: KycStatus, *, gone: bool = False) -> tuple[str, str] | None:
    """The code and message of why no verification may be started, by kycStatus; None where one may. `gone`: the vendor no
    longer has the one that is under way, so nothing will come of it."""
    if kyc in (KycStatus.NOT_STARTED, KycStatus.FAILED) or (gone and kyc in MAY_OPEN):
        return None
    if kyc is KycStatus.NOT_REQUIRED:
        return "NOT_REQUIRED", "No verification is required of this customer."
    return REFUSALS[kyc]


def kyc_required(kyc: KycStatus, *, required: bool) -> KycStatus | tuple[str, str]:
    """The kycStatus that follows, or the code and message of why none does."""
    if kyc in REFUSALS:
        return REFUSALS[kyc]
    wanted = KycStatus.NOT_STARTED if required else KycStatus.NOT_REQUIRED
    if kyc is wanted:
        return "ALREADY_SO", f"A verification is {'' if required else 'not '}required already."
    return wanted
