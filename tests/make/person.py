"""The guide's customer, with everything that is asked for."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from pypdf import PdfWriter

from app.service.document import sample

FRONT = "https://storage.example.com/front.jpg"


def passport(**more: Any) -> dict[str, Any]:
    return {
        "type": "PASSPORT",
        "number": "P12345678",
        "issuingCountry": "US",
        "expirationDate": "2034-12-31",
        "frontImageUrl": FRONT,
        **more,
    }


def whole(**more: Any) -> dict[str, Any]:
    """Complete KYC data; what is given replaces, None leaves out."""
    data = {
        "legalFirstName": "Jane",
        "legalLastName": "Smith",
        "phoneNumber": "+14155551234",
        "dateOfBirth": "1990-05-15",
        "nationality": "US",
        "address": {
            "addressLine1": "123 Main Street",
            "addressLine2": "Apt 4B",
            "city": "San Francisco",
            "state": "California",
            "stateCode": "CA",
            "postalCode": "94102",
            "country": "US",
            "locale": "en-US",
        },
        "nationalIdType": "SSN",
        "nationalIdNumber": "123-45-6789",
        "nationalIdIssuingCountry": "US",
        "employmentStatus": "EMPLOYED",
        "mostRecentOccupation": "Software Engineer",
        "sourceOfFunds": "EMPLOYMENT",
        "accountPurpose": "PERSONAL_USE",
        "expectedMonthlyPaymentsUsd": "UNDER_10K",
        "isIntermediary": False,
        "documents": [passport()],
        **more,
    }
    return {name: value for name, value in data.items() if value is not None}


def jpeg(width: int = 1200, height: int = 800, *, mode: str = "RGB", **options: Any) -> bytes:
    """A picture of more than 100 KB."""
    noise = Image.open(io.BytesIO(sample.picture())).resize((width, height))
    buffer = io.BytesIO()
    noise.convert(mode).save(buffer, "JPEG", quality=97, **options)
    return buffer.getvalue()


def png(width: int, height: int) -> bytes:
    """A small file of many pixels."""
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def pdf(pages: int = 1, *, padding: int = 120_000, prepare: Any = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if prepare:
        prepare(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue() + b"\n%" + b"x" * padding
