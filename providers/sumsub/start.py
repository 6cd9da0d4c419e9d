"""Creation of an applicant from existing customer data and documents, with a link to the hosted page.

Source: API reference, "Creating an applicant", "Adding an ID document", "Generating a WebSDK link".
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog

from app.domain.kyc import TWO_SIDED, Document, KycData, KycDocumentType
from app.domain.normal import country
from app.domain.start import Applicant, Created, Image
from app.errors import Answered, CorruptData, VendorFault
from providers.call import given
from providers.sumsub.client import Client
from providers.tree import Tree

log = structlog.get_logger(module=__name__)

LINK_SECONDS = 86_400
TYPES: dict[KycDocumentType, str] = {
    KycDocumentType.PASSPORT: "PASSPORT",
    KycDocumentType.DRIVERS_LICENSE: "DRIVERS",
    KycDocumentType.NATIONAL_ID_CARD: "ID_CARD",
    KycDocumentType.STATE_ID_CARD: "ID_CARD",
    KycDocumentType.RESIDENCE_PERMIT: "RESIDENCE_PERMIT",
    KycDocumentType.UTILITY_BILL: "UTILITY_BILL",
    KycDocumentType.BANK_STATEMENT: "UTILITY_BILL",
    KycDocumentType.LEASE_AGREEMENT: "UTILITY_BILL",
}
SIDES = {"front": "FRONT_SIDE", "back": "BACK_SIDE"}


def fixed_info(applicant: Applicant) -> dict[str, Any]:
    """Returns the customer data that the tenant declares. Sumsub compares it with the documents."""
    data, address = applicant.data, applicant.data.address
    place = {
        "street": address.address_line1,
        "subStreet": address.address_line2,
        "town": address.city,
        "state": address.state or address.state_code,
        "postCode": address.postal_code,
        "country": _alpha3(address.country),
    }
    info = {
        "firstName": data.legal_first_name or applicant.first_name,
        "middleName": data.legal_middle_name,
        "lastName": data.legal_last_name or applicant.last_name,
        "dob": data.date_of_birth.isoformat() if data.date_of_birth else None,
        "nationality": _alpha3(data.nationality),
        "country": _alpha3(address.country),
        "addresses": [given(place)] if address.country else None,
    }
    return given(info)


async def create(client: Client, applicant: Applicant) -> bytes:
    """Creates the applicant with a single call and never retries it."""
    locale = applicant.data.address.locale
    return await client.applicants.create(
        applicant.external_id,
        applicant.level or client.level,
        fixed_info=fixed_info(applicant),
        email=applicant.email,
        phone=applicant.data.phone_number,
        lang=locale.split("-")[0] if locale else None,
    )


async def attach_documents(client: Client, applicant: Applicant, made: Created, *, at: dt.datetime) -> Created:
    """Uploads the documents and creates the link. Logs a fault instead of raising it, because the customer can upload documents
    in the hosted flow."""
    for image in applicant.images:
        try:
            await _add(client, applicant.data, made.reference, image)
        except (VendorFault, CorruptData) as fault:
            code = fault.vendor_code if isinstance(fault, Answered) else None
            log.warning("start.document_not_given", verification_id=applicant.external_id, kind=type(fault).__name__, code=code)
    try:
        link = await _link(client, applicant)
    except VendorFault as fault:
        log.warning("start.link_not_made", verification_id=applicant.external_id, kind=type(fault).__name__)
        return made
    return Created(made.reference, link, at + dt.timedelta(seconds=LINK_SECONDS))


async def _add(client: Client, data: KycData, applicant_id: str, image: Image) -> None:
    document = next((found for found in data.documents if found.type is image.kind), None)
    if document is None:
        return
    content = b"".join([chunk async for chunk in image.open()])
    await client.documents.add(applicant_id, _metadata(document, data, image.side), content, content_type=image.content_type)


def _metadata(document: Document, data: KycData, side: str) -> dict[str, Any]:
    issuer = document.issuing_country or data.address.country or data.nationality
    metadata = {
        "idDocType": TYPES[document.type],
        "country": _alpha3(issuer),
        "idDocSubType": SIDES[side] if document.type in TWO_SIDED else None,
        "number": document.number,
        "issuedDate": document.issue_date.isoformat() if document.issue_date else None,
        "validUntil": document.expiration_date.isoformat() if document.expiration_date else None,
        "firstName": data.legal_first_name,
        "middleName": data.legal_middle_name,
        "lastName": data.legal_last_name,
        "dob": data.date_of_birth.isoformat() if data.date_of_birth else None,
    }
    return given(metadata)


async def _link(client: Client, applicant: Applicant) -> str | None:
    level = applicant.level or client.level
    answer = await client.access.hosted_link(applicant.external_id, level, ttl_seconds=LINK_SECONDS)
    return Tree.parse(answer).at("url").text


def _alpha3(code: str | None) -> str | None:
    return country.alpha3(code) if code else None
