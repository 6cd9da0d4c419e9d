"""Missing fields of declared data, by field. Names are those of the API, joined with dots."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.kyc import GOVERNMENT, TWO_SIDED, Document, KycData
from app.domain.kyc.naming import camel

# Countries in which an address needs no postal code (Universal Postal Union, addressing systems of its members).
NO_POSTAL_CODE = frozenset({
    "AE", "AG", "AN", "AO", "AW", "BF", "BI", "BJ", "BO", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK", "CM", "DJ", "DM",
    "ER", "FJ", "GA", "GD", "GH", "GM", "GQ", "GY", "HK", "JM", "KI", "KM", "KN", "KP", "LC", "ML", "MO", "MR", "MW", "NR",
    "NU", "QA", "RW", "SB", "SC", "SL", "SR", "ST", "SY", "TD", "TF", "TG", "TK", "TL", "TO", "TV", "UG", "VU", "YE", "ZW",
})  # fmt: skip
REQUIRED = (
    "legal_first_name", "legal_last_name", "phone_number", "date_of_birth", "nationality", "national_id_type", "national_id_number",
    "national_id_issuing_country", "employment_status", "most_recent_occupation", "source_of_funds", "account_purpose",
    "expected_monthly_payments_usd", "is_intermediary",
)  # fmt: skip
REQUIRED_OF_ADDRESS = ("address_line1", "city", "country", "locale")
REQUIRED_OF_GOVERNMENT = ("number", "issuing_country", "expiration_date")


@dataclass(frozen=True)
class Required:
    """A field that the customer must provide, or provide again. `document` names the kind of document concerned."""

    field: str
    reason: str
    message: str
    document: str | None = None

    def plain(self) -> dict[str, Any]:
        return {"field": self.field, "reason": self.reason, "message": self.message, "document": self.document}


def documents(required: Collection[Required]) -> list[str]:
    """Returns the required kinds of documents, each once."""
    return list(dict.fromkeys(item.document for item in required if item.document))


def find(data: KycData, *, one_name: bool, unusable: Mapping[str, str]) -> list[Required]:
    """Returns everything that is missing. `one_name`: the customer has one name only. `unusable`: uploads that were refused, by id,
    each with the reason in words for the customer."""
    found = [
        _absent(camel(name)) for name in REQUIRED if getattr(data, name) is None and not (one_name and name == "legal_last_name")
    ]
    found += _of_address(data)
    if not any(document.type in GOVERNMENT for document in data.documents):
        found.append(
            Required(
                "documents", "missing_field", "Please give at least one identity document issued by a government.", "GOVERNMENT_ID"
            )
        )
    for index, document in enumerate(data.documents):
        found += _of_document(f"documents.{index}", document, unusable)
    return found


def _of_address(data: KycData) -> Iterator[Required]:
    address = data.address
    for name in REQUIRED_OF_ADDRESS:
        if getattr(address, name) is None:
            yield _absent(f"address.{camel(name)}")
    if address.country == "US" and address.state_code is None:
        yield _absent("address.stateCode")
    if address.postal_code is None and address.country not in NO_POSTAL_CODE:
        yield _absent("address.postalCode")


def _of_document(place: str, document: Document, unusable: Mapping[str, str]) -> Iterator[Required]:
    kind = document.type
    if kind in GOVERNMENT:
        for name in REQUIRED_OF_GOVERNMENT:
            if getattr(document, name) is None:
                yield _absent(f"{place}.{camel(name)}", kind)
    for side, upload_id, needed in (
        ("frontImageUrl", document.front_upload_id, True),
        ("backImageUrl", document.back_upload_id, kind in TWO_SIDED),
    ):
        if upload_id in unusable:
            yield Required(f"{place}.{side}", "unusable_image", unusable[str(upload_id)], kind)
        elif upload_id is None and needed:
            yield _absent(f"{place}.{side}", kind)


WORDS: dict[str, str] = {
    "legalFirstName": "your first name as in your identity document",
    "legalLastName": "your last name as in your identity document",
    "phoneNumber": "your phone number",
    "dateOfBirth": "your date of birth",
    "nationality": "your nationality",
    "nationalIdType": "the type of your national id",
    "nationalIdNumber": "your national id number",
    "nationalIdIssuingCountry": "the country that issued your national id",
    "employmentStatus": "your employment status",
    "mostRecentOccupation": "your most recent occupation",
    "sourceOfFunds": "where your funds come from",
    "accountPurpose": "what you will use the account for",
    "expectedMonthlyPaymentsUsd": "the payments you expect in a month",
    "isIntermediary": "whether you act for somebody else",
    "addressLine1": "your street and house number",
    "city": "your city",
    "country": "your country",
    "locale": "your language and region",
    "stateCode": "your state",
    "postalCode": "your postal code",
    "number": "the number of your document",
    "issuingCountry": "the country that issued your document",
    "expirationDate": "the date on which your document expires",
    "frontImageUrl": "a picture of the front of your document",
    "backImageUrl": "a picture of the back of your document",
}


def _absent(field: str, document: str | None = None) -> Required:
    return Required(field, "missing_field", f"Please give {WORDS[field.rsplit('.', 1)[-1]]}.", document)
