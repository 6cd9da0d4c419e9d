"""Data that a customer declares about itself: every field of the integration guide, in one frozen shape."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class NationalIdType(StrEnum):
    SSN = "SSN"
    TIN = "TIN"
    NATIONAL_ID = "NATIONAL_ID"


class EmploymentStatus(StrEnum):
    EMPLOYED = "EMPLOYED"
    SELF_EMPLOYED = "SELF_EMPLOYED"
    UNEMPLOYED = "UNEMPLOYED"
    RETIRED = "RETIRED"
    STUDENT = "STUDENT"


class SourceOfFunds(StrEnum):
    EMPLOYMENT = "EMPLOYMENT"
    BUSINESS = "BUSINESS"
    INVESTMENTS = "INVESTMENTS"
    INHERITANCE = "INHERITANCE"
    SAVINGS = "SAVINGS"


class AccountPurpose(StrEnum):
    PERSONAL_USE = "PERSONAL_USE"
    BUSINESS_USE = "BUSINESS_USE"
    INVESTMENT = "INVESTMENT"


class ExpectedMonthlyPayments(StrEnum):
    UNDER_10K = "UNDER_10K"
    FROM_10K_TO_50K = "FROM_10K_TO_50K"
    FROM_50K_TO_100K = "FROM_50K_TO_100K"
    OVER_100K = "OVER_100K"


class KycDocumentType(StrEnum):
    PASSPORT = "PASSPORT"
    DRIVERS_LICENSE = "DRIVERS_LICENSE"
    NATIONAL_ID_CARD = "NATIONAL_ID_CARD"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"
    STATE_ID_CARD = "STATE_ID_CARD"
    UTILITY_BILL = "UTILITY_BILL"
    BANK_STATEMENT = "BANK_STATEMENT"
    LEASE_AGREEMENT = "LEASE_AGREEMENT"


GOVERNMENT = frozenset({
    KycDocumentType.PASSPORT, KycDocumentType.DRIVERS_LICENSE, KycDocumentType.NATIONAL_ID_CARD,
    KycDocumentType.RESIDENCE_PERMIT, KycDocumentType.STATE_ID_CARD,
})  # fmt: skip
# What has two sides must be shown from both.
TWO_SIDED = GOVERNMENT - {KycDocumentType.PASSPORT}


class Submission(StrEnum):
    """The extent of a customer's submission: nothing, too little, or all that is asked for."""

    NONE = "NONE"
    INCOMPLETE = "INCOMPLETE"
    COMPLETE = "COMPLETE"


SUBMISSION_TRANSITIONS: dict[Submission, frozenset[Submission]] = {
    Submission.NONE: frozenset({Submission.INCOMPLETE, Submission.COMPLETE}),
    Submission.INCOMPLETE: frozenset({Submission.COMPLETE}),
    # A document turned out to be unusable, or something was taken out again.
    Submission.COMPLETE: frozenset({Submission.INCOMPLETE}),
}


@dataclass(frozen=True, repr=False)
class Address:
    """`country` is ISO 3166-1 alpha-2, `state_code` the part of ISO 3166-2 behind the country, `locale` such as `en-US`."""

    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    state: str | None = None
    state_code: str | None = None
    postal_code: str | None = None
    country: str | None = None
    locale: str | None = None


@dataclass(frozen=True, repr=False)
class Document:
    """A document with the ids of the uploads that show its sides."""

    type: KycDocumentType
    number: str | None = None
    issuing_country: str | None = None
    issue_date: dt.date | None = None
    expiration_date: dt.date | None = None
    front_upload_id: str | None = None
    back_upload_id: str | None = None


@dataclass(frozen=True, repr=False)
class KycData:
    """Everything that was declared so far; what was not is None."""

    legal_first_name: str | None = None
    legal_last_name: str | None = None
    legal_middle_name: str | None = None
    phone_number: str | None = None
    date_of_birth: dt.date | None = None
    nationality: str | None = None
    address: Address = Address()
    national_id_type: NationalIdType | None = None
    national_id_number: str | None = None
    national_id_issuing_country: str | None = None
    employment_status: EmploymentStatus | None = None
    most_recent_occupation: str | None = None
    source_of_funds: SourceOfFunds | None = None
    account_purpose: AccountPurpose | None = None
    expected_monthly_payments_usd: ExpectedMonthlyPayments | None = None
    is_intermediary: bool | None = None
    documents: tuple[Document, ...] = ()

    @property
    def upload_ids(self) -> tuple[str, ...]:
        """Returns the ids of the documents' uploads."""
        sides = ((document.front_upload_id, document.back_upload_id) for document in self.documents)
        return tuple(upload for both in sides for upload in both if upload)


def plain(data: KycData) -> dict[str, Any]:
    """Returns the stored form: JSON values by field name, without missing ones."""
    return _plain(data)  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((item.name, getattr(value, item.name)) for item in dataclasses.fields(value))
        return {name: _plain(content) for name, content in pairs if content is not None}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def stored(content: Mapping[str, Any]) -> KycData:
    """Reads the form that `plain` returns."""
    enums: dict[str, type[StrEnum]] = {
        "national_id_type": NationalIdType,
        "employment_status": EmploymentStatus,
        "source_of_funds": SourceOfFunds,
        "account_purpose": AccountPurpose,
        "expected_monthly_payments_usd": ExpectedMonthlyPayments,
    }
    values: dict[str, Any] = {name: enums[name](value) if name in enums else value for name, value in content.items()}
    if "date_of_birth" in values:
        values["date_of_birth"] = dt.date.fromisoformat(values["date_of_birth"])
    values["address"] = Address(**content.get("address", {}))
    values["documents"] = tuple(_document(item) for item in content.get("documents", ()))
    return KycData(**values)


def _document(content: Mapping[str, Any]) -> Document:
    dates = {name: dt.date.fromisoformat(content[name]) for name in ("issue_date", "expiration_date") if name in content}
    return Document(**{**content, **dates, "type": KycDocumentType(content["type"])})
