"""KYC data as clients submit it. Text fields are not typed further, so one response can list all faults of a submission."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import UNSET

from api.declaration.enums import (
    AccountPurpose,
    EmploymentStatus,
    ExpectedMonthlyPayments,
    KycDocumentType,
    NationalIdType,
    SourceOfFunds,
)

T = str | None


def _field(description: str) -> Any:
    return strawberry.field(default=UNSET, description=description)


@strawberry.input(description="An address of residence.")
class KycAddressInput:
    address_line1: T = _field("Street and house number. At most 200 characters.")
    address_line2: T = _field("Apartment, suite or unit; null if there is none.")
    city: T = _field("The city or town of residence.")
    state: T = _field("The state or province, by name.")
    state_code: T = _field("The state or province by ISO 3166-2, without the country: CA. Required for addresses in the US.")
    postal_code: T = _field("The postal code, as the country writes it.")
    country: T = _field("The country by ISO 3166-1 alpha-2: US.")
    locale: T = _field("Language and region: en-US.")


@strawberry.input(description="A document. One of each type is kept: giving a type again changes the fields that are given.")
class KycDocumentInput:
    type: KycDocumentType = strawberry.field(description="The type of the document.")
    number: T = _field("The number as printed on the document.")
    issuing_country: T = _field("The country that issued it, by ISO 3166-1 alpha-2.")
    issue_date: T = _field("The day it was issued, as YYYY-MM-DD.")
    expiration_date: T = _field("The day it expires, as YYYY-MM-DD; in the future.")
    front_image_url: T = _field("The https address of its front: JPEG, PNG or PDF of 100 KB to 10 MB.")
    back_image_url: T = _field("The https address of its back. Required unless it is a passport or a proof of address.")
    front_upload_id: strawberry.ID | None = _field("The upload that shows its front, in place of an address.")
    back_upload_id: strawberry.ID | None = _field("The upload that shows its back, in place of an address.")


@strawberry.input(description="Data a customer declares. All fields are optional: omitted ones stay, null removes.")
class KycDataInput:
    legal_first_name: T = _field("First name as in the identity document.")
    legal_last_name: T = _field("Last name as in the identity document. Not needed of people with one name.")
    legal_middle_name: T = _field("Middle name as in the identity document.")
    phone_number: T = _field("Phone number in E.164 form: +14155551234.")
    date_of_birth: T = _field("Date of birth as YYYY-MM-DD; at least 18 years ago.")
    nationality: T = _field("Nationality by ISO 3166-1 alpha-2.")
    address: KycAddressInput | None = _field("Address of residence: fields left out stay as they are.")
    national_id_type: NationalIdType | None = _field("The type of the national id.")
    national_id_number: T = _field("Its number, checked where the country has check digits.")
    national_id_issuing_country: T = _field("The country that issued it, by ISO 3166-1 alpha-2.")
    employment_status: EmploymentStatus | None = _field("The declared employment of the customer.")
    most_recent_occupation: T = _field("The present or last occupation.")
    source_of_funds: SourceOfFunds | None = _field("The main source of the customer's money.")
    account_purpose: AccountPurpose | None = _field("The intended use of the account.")
    expected_monthly_payments_usd: ExpectedMonthlyPayments | None = _field("The payments expected in a month, in US dollars.")
    is_intermediary: bool | None = _field("True if the customer acts on behalf of others.")
    documents: list[KycDocumentInput] | None = _field("Documents; those of other types stay as they are. Each type once.")


def patch(given: Any) -> dict[str, Any]:
    """Returns the fields that an input gives, by their names in the domain. Omits fields that were left out."""
    pairs = ((name, getattr(given, name)) for name in given.__dataclass_fields__)
    return {name: _plain(value) for name, value in pairs if value is not UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [patch(item) for item in value]
    return patch(value) if isinstance(value, KycAddressInput) else value
