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
    {
        "SSN": "A social security number.",
        "TIN": "A tax identification number of the country.",
        "NATIONAL_ID": "A number of the civil register.",
    },
)
described(
    EmploymentStatus,
    "The kinds of employment a customer can declare.",
    {
        "EMPLOYED": "Employed by a company or person.",
        "SELF_EMPLOYED": "Works on their own account.",
        "UNEMPLOYED": "Has no employment at present.",
        "RETIRED": "Retired from working life.",
        "STUDENT": "Studies and does not work.",
    },
)
described(
    SourceOfFunds,
    "The main source of a customer's money.",
    {
        "EMPLOYMENT": "Wages from an employment.",
        "BUSINESS": "A business of one's own.",
        "INVESTMENTS": "Income from capital or assets.",
        "INHERITANCE": "Money that was inherited.",
        "SAVINGS": "Savings from earlier income.",
    },
)
described(
    AccountPurpose,
    "The intended use of an account.",
    {
        "PERSONAL_USE": "Payments of a private person.",
        "BUSINESS_USE": "Payments of a business.",
        "INVESTMENT": "Buying and holding investments.",
    },
)
described(
    ExpectedMonthlyPayments,
    "The payments expected in a month, in US dollars.",
    {
        "UNDER_10K": "Less than 10,000 US dollars a month.",
        "FROM_10K_TO_50K": "From 10,000 to 50,000 US dollars a month.",
        "FROM_50K_TO_100K": "From 50,000 to 100,000 US dollars a month.",
        "OVER_100K": "More than 100,000 US dollars a month.",
    },
)
described(
    KycDocumentType,
    "The kind of a document that a customer gives.",
    {
        "PASSPORT": "A passport, of any country.",
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
    "The status of an image or document that a customer uploads.",
    {"WAITING": "It has not arrived yet.", "STORED": "It was taken in.", "REFUSED": "It cannot be used."},
)
