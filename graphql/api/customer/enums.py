"""Enums of customers, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.customer import CustomerStatus, CustomerType, KycStatus, NextActionCode, RiskLevel
from app.domain.lifecycle import ChangeKind

__all__ = ["ChangeKind", "CustomerStatus", "CustomerType", "KycStatus", "NextActionCode", "RiskLevel"]

described(CustomerType, "The kind of party a customer can be.", {"INDIVIDUAL": "A natural person, not a company."})
described(
    CustomerStatus,
    "The overall status of a customer. Computed from `kycStatus` and `aml.status`, never stored.",
    {
        "CREATED": "Known, and nothing has been started.",
        "UNDER_REVIEW": "A verification or the AML screening is under way.",
        "NEEDS_ADDITIONAL_INFORMATION": "Something is missing or must be given again.",
        "ACTIVE": "Verified and clear, or no verification is required.",
        "REJECTED": "The verification failed, or compliance decided against the customer.",
        "DEACTIVATED": "Deactivated by a person.",
    },
)
described(
    KycStatus,
    "The status of the verification of the customer's identity.",
    {
        "NOT_STARTED": "No verification has been started or ingested.",
        "PENDING": "A person started a verification; the customer has not opened it.",
        "IN_PROGRESS": "The customer is in the provider's flow, or the provider is checking.",
        "VERIFIED": "The provider approved the verification.",
        "FAILED": "The provider refused the verification.",
        "AWAITING_RESUBMISSION": "The provider asks for something again.",
        "NOT_REQUIRED": "A person decided that no verification is required.",
    },
)
described(
    RiskLevel,
    "The risk level your firm has set with `setRiskLevel`.",
    {
        "UNKNOWN": "Your firm has not assessed the risk.",
        "LOW": "Your firm assessed a low risk.",
        "MEDIUM": "Your firm assessed a medium risk.",
        "HIGH": "Your firm assessed a high risk.",
    },
)
described(
    NextActionCode,
    "The next step for the caller's application.",
    {
        "SUBMIT_KYC_DATA": "Give the customer's KYC data.",
        "START_VERIFICATION": "Ingest an approved verification, or have a person start one.",
        "OPEN_VERIFICATION_LINK": "Send the customer to the verification link.",
        "WAIT": "Wait: something is running.",
        "RESUBMIT": "Send the customer back to give something again.",
        "ONBOARD": "The customer is ready to be onboarded.",
        "HOLD_FOR_AML_REVIEW": "Hold until compliance has decided about the hits.",
        "CHECK_FINAL_DECISION": "Follow the decision that compliance recorded.",
        "DO_NOT_ONBOARD": "Do not onboard the customer.",
        "NOTHING": "Nothing is to be done.",
    },
)
described(
    ChangeKind,
    "A decision of your firm about a customer.",
    {
        "DEACTIVATED": "Nothing more is done for the customer.",
        "REACTIVATED": "The deactivation was taken back.",
        "KYC_REQUIRED": "A verification is required.",
        "KYC_NOT_REQUIRED": "No verification is required.",
        "SCREENED_AGAIN": "The customer was to be screened anew.",
    },
)
