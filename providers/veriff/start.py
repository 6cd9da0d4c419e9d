"""The creation of a session from the customer's data. Source: devdocs.veriff.com, "POST /sessions"."""

from __future__ import annotations

from typing import Any

from app.domain.kyc import GOVERNMENT, KycData, KycDocumentType
from app.domain.start import Applicant, Created
from app.errors import Unanswered
from providers.call import given
from providers.tree import Tree
from providers.veriff.account import PROVIDER
from providers.veriff.client import Client

TYPES: dict[KycDocumentType, str] = {
    KycDocumentType.PASSPORT: "PASSPORT",
    KycDocumentType.DRIVERS_LICENSE: "DRIVERS_LICENSE",
    KycDocumentType.NATIONAL_ID_CARD: "ID_CARD",
    KycDocumentType.STATE_ID_CARD: "ID_CARD",
    KycDocumentType.RESIDENCE_PERMIT: "RESIDENCE_PERMIT",
}


async def create(client: Client, applicant: Applicant) -> Created:
    """Creates a session with one call and never retries, because Veriff has no search by external id.

    Raises Unanswered if the answer has no session id.
    """
    data = applicant.data
    answer = Tree.parse(
        await client.create_session(
            vendor_data=applicant.external_id,
            person=_person(applicant),
            document=_document(data),
            address=_address(data),
        )
    ).at("verification")
    reference, url = answer.at("id").value, answer.at("url").value
    if not isinstance(reference, str) or not reference:
        raise Unanswered(PROVIDER, "create-session", "the answer names no session")
    return Created(reference, url if isinstance(url, str) else None)


def _person(applicant: Applicant) -> dict[str, Any]:
    data = applicant.data
    return given(
        {
            "firstName": data.legal_first_name or applicant.first_name,
            "lastName": data.legal_last_name or applicant.last_name,
            "dateOfBirth": data.date_of_birth.isoformat() if data.date_of_birth else None,
            "idNumber": data.national_id_number,
            "phoneNumber": data.phone_number,
            "email": applicant.email,
        }
    )


def _document(data: KycData) -> dict[str, Any]:
    found = next((document for document in data.documents if document.type in GOVERNMENT), None)
    if found is None:
        return {}
    return given({"type": TYPES[found.type], "country": found.issuing_country, "number": found.number})


def _address(data: KycData) -> dict[str, Any]:
    address = data.address
    parts = (address.address_line1, address.address_line2, address.postal_code, address.city, address.state, address.country)
    line = ", ".join(part for part in parts if part)
    return {"fullAddress": line} if address.address_line1 and address.country else {}
