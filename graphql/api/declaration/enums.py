"""Enums of declared KYC data, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.kyc import AccountPurpose, EmploymentStatus, ExpectedMonthlyPayments, KycDocumentType, NationalIdType, SourceOfFunds
from app.domain.upload import UploadStatus

__all__ = [
    "AccountPurpose",
    "EmploymentStatus",
    "ExpectedMonthlyPayments",
    "KycDocumentType",
    "NationalIdType",
    "SourceOfFunds",
    "UploadStatus",
]

described(
    NationalIdType,
    "The type of a national id.",
    {"SSN": "A social security number.", "TIN": "A tax number.", "NATIONAL_ID": "A number of the civil register."},
)
described(
    EmploymentStatus,
    "How a customer is employed.",
    {
        "EMPLOYED": "Employed by somebody.",
        "SELF_EMPLOYED": "Self-employed.",
        "UNEMPLOYED": "Not employed.",
        "RETIRED": "Retired.",
        "STUDENT": "Studying.",
    },
)
described(
    SourceOfFunds,
    "Where most of a customer's money comes from.",
    {
        "EMPLOYMENT": "Wages.",
        "BUSINESS": "A business of one's own.",
        "INVESTMENTS": "Investments.",
        "INHERITANCE": "An inheritance.",
        "SAVINGS": "Savings.",
    },
)
described(
    AccountPurpose,
    "What an account will be used for.",
    {"PERSONAL_USE": "Personal payments.", "BUSINESS_USE": "Payments of a business.", "INVESTMENT": "Investing."},
)
described(
    ExpectedMonthlyPayments,
    "The payments expected in a month, in US dollars.",
    {
        "UNDER_10K": "Less than 10,000.",
        "FROM_10K_TO_50K": "10,000 to 50,000.",
        "FROM_50K_TO_100K": "50,000 to 100,000.",
        "OVER_100K": "More than 100,000.",
    },
)
described(
    KycDocumentType,
    "The kind of a document that a customer gives.",
    {
        "PASSPORT": "A passport.",
        "DRIVERS_LICENSE": "A driving licence, both sides.",
        "NATIONAL_ID_CARD": "A national identity card, both sides.",
        "RESIDENCE_PERMIT": "A residence permit, both sides.",
        "STATE_ID_CARD": "An identity card of a state, both sides.",
        "UTILITY_BILL": "A utility bill, as proof of address.",
        "BANK_STATEMENT": "A bank statement, as proof of address.",
        "LEASE_AGREEMENT": "A lease agreement, as proof of address.",
    },
)
described(
    UploadStatus,
    "Where an image or paper that a customer gives stands.",
    {"WAITING": "It has not arrived yet.", "STORED": "It was taken in.", "REFUSED": "It cannot be used."},
)
