"""KYC data as clients read it: the fields of the input, with typed dates, countries and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import strawberry

from api.context import Context
from api.declaration.enums import (
    AccountPurpose,
    EmploymentStatus,
    ExpectedMonthlyPayments,
    KycDocumentType,
    NationalIdType,
    SourceOfFunds,
    UploadStatus,
)
from api.ingestion.file import File
from api.relay.node import masked
from api.scalars import CountryCode, PhoneNumber
from app.domain import kyc

described = strawberry.field
MASKED = "Texts are masked, everything else is null, for callers who may not read personal data."


@strawberry.type(description="Something worth knowing about an image, or why it cannot be used.")
class ImageRemark:
    code: str = described(description="A stable code, e.g. low_resolution or FILE_DAMAGED.")
    message: str = described(description="A sentence that may be shown to the customer.")


@strawberry.type(description="One side of a document.")
class KycDocumentImage:
    upload_id: strawberry.ID = described(description="The upload it came by.")
    status: UploadStatus = described(description="The status of the upload behind the image.")
    error: ImageRemark | None = described(description="The reason why it cannot be used; null if it can.")
    warnings: list[ImageRemark] = described(description="Remarks that do not keep it from being used; empty if there are none.")
    file: File | None = described(description="The file; null while it is not taken in.")


@strawberry.type(description="An address of residence, as declared. " + MASKED)
class KycAddress:
    address_line1: str | None = described(description="Street and house number.")
    address_line2: str | None = described(description="Apartment, suite or unit; null if there is none.")
    city: str | None = described(description="The city or town of residence.")
    state: str | None = described(description="The state or province, by name.")
    state_code: str | None = described(description="The state or province by ISO 3166-2, without the country.")
    postal_code: str | None = described(description="The postal code as the country writes it.")
    country: CountryCode | None = described(description="The country, as two letters such as ES.")
    locale: str | None = described(description="The language and region, such as en-US.")


@strawberry.type(description="A document, as declared. " + MASKED)
class KycDocument:
    type: KycDocumentType = described(description="The type of the document.")
    number: str | None = described(description="The number, without any prefix; masked for callers who may not read personal data.")
    issuing_country: CountryCode | None = described(description="The country that issued it.")
    issue_date: dt.date | None = described(description="The day it was issued.")
    expiration_date: dt.date | None = described(description="The day it expires.")
    front: KycDocumentImage | None = described(description="Its front; null while none was given.")
    back: KycDocumentImage | None = described(description="Its back; null while none was given.")


@strawberry.type(description="The data that a customer has declared so far. " + MASKED)
class KycData:
    legal_first_name: str | None = described(description="First name as in the identity document.")
    legal_last_name: str | None = described(description="Last name as in the identity document.")
    legal_middle_name: str | None = described(description="Middle name as in the identity document.")
    phone_number: PhoneNumber | None = described(description="The phone number with its country code, such as +14155551234.")
    date_of_birth: dt.date | None = described(description="The declared date of birth.")
    nationality: CountryCode | None = described(description="The declared nationality, as two letters such as US.")
    address: KycAddress | None = described(description="The declared address of residence.")
    national_id_type: NationalIdType | None = described(description="The type of the national id.")
    national_id_number: str | None = described(
        description="The number, without any prefix; masked for callers who may not read personal data."
    )
    national_id_issuing_country: CountryCode | None = described(description="The country that issued it.")
    employment_status: EmploymentStatus | None = described(description="The declared employment of the customer.")
    most_recent_occupation: str | None = described(description="The present or last occupation.")
    source_of_funds: SourceOfFunds | None = described(description="The main source of the customer's money.")
    account_purpose: AccountPurpose | None = described(description="The intended use of the account.")
    expected_monthly_payments_usd: ExpectedMonthlyPayments | None = described(description="The payments expected in a month.")
    is_intermediary: bool | None = described(description="True if the customer acts on behalf of others.")
    documents: list[KycDocument] = described(description="The documents, one of each type.")


async def view(context: Context, data: kyc.KycData) -> KycData:
    """Returns the declared data as this caller may see them. Reads all images in two queries."""
    loaders = context.loaders
    uploads = {row.id: row for row in await loaders.upload_by_id.load_many(list(data.upload_ids)) if row is not None}
    files = {row.upload_id: row for row in await loaders.file_by_upload.load_many(list(uploads)) if row is not None}
    sees = _Sight(context.clear)
    names = [name for name in KycData.__dataclass_fields__ if name not in ("address", "documents")]
    return KycData(
        **{name: sees.value(name, getattr(data, name)) for name in names},
        address=KycAddress(**{name: sees.value(name, getattr(data.address, name)) for name in KycAddress.__dataclass_fields__}),
        documents=[_document(document, sees, uploads, files) for document in data.documents],
    )


# Plain text fields, which are masked. Other hidden fields are null.
TEXTS = frozenset({
    "legal_first_name", "legal_last_name", "legal_middle_name", "national_id_number", "most_recent_occupation", "address_line1",
    "address_line2", "city", "state", "state_code", "postal_code", "locale", "number",
})  # fmt: skip


class _Sight:
    def __init__(self, clear: bool) -> None:
        self._clear = clear

    def value(self, name: str, value: Any) -> Any:
        if name in TEXTS:
            return masked(value, clear=self._clear)
        return value if self._clear else None


def _document(document: kyc.Document, sees: _Sight, uploads: Mapping[str, Any], files: Mapping[str, Any]) -> KycDocument:
    names = ("number", "issuing_country", "issue_date", "expiration_date")
    return KycDocument(
        type=document.type,
        **{name: sees.value(name, getattr(document, name)) for name in names},
        front=_image(uploads.get(document.front_upload_id or ""), files),
        back=_image(uploads.get(document.back_upload_id or ""), files),
    )


def _image(row: Any | None, files: Mapping[str, Any]) -> KycDocumentImage | None:
    if row is None:
        return None
    found = files.get(row.id)
    return KycDocumentImage(
        upload_id=strawberry.ID(row.id),
        status=UploadStatus(row.status),
        error=ImageRemark(**row.error) if row.error else None,
        warnings=[ImageRemark(**warning) for warning in row.warnings or ()],
        file=File.of(found) if found else None,
    )
