"""Declared data: every field with its rule, all faults together, in parts, locked while it is judged."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from app.domain.credential import Role
from tests.make.firm import Firm
from tests.make.person import jpeg, passport, whole

READ = """query($id: ID!) { customer(id: $id) { status kycStatus nextAction { code } requiredInformation { field reason message }
    kycData { legalFirstName legalLastName phoneNumber dateOfBirth nationality nationalIdNumber employmentStatus isIntermediary
      address { addressLine1 city stateCode postalCode country locale }
      documents { type number issuingCountry expirationDate
        front { uploadId status error { code } warnings { code } file { id context contentType size url } } back { status } } }
    events(first: 50) { nodes { type data } } } }"""


async def read(firm: Firm, customer: str, who: str = "reader") -> dict[str, Any]:
    return (await firm.data(READ, {"id": customer}, who=who))["customer"]  # type: ignore[no-any-return]


async def settled(firm: Firm, customer: str, wanted: str) -> dict[str, Any]:
    """The customer once the first document's front has the wanted status."""
    for _ in range(200):
        found = await read(firm, customer)
        if found["kycData"]["documents"][0]["front"]["status"] == wanted:
            # Once more: an answer may have been put together while the document was being decided.
            return await read(firm, customer)
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_complete_data_is_locked_and_reviewed(firm: Firm) -> None:
    customer = await firm.customer()

    taken = await firm.submit(customer, **whole())
    locked = await firm.submit(customer, legalFirstName="Joan", expect=["PATCH_NOT_ALLOWED"])
    found = await settled(firm, customer, "STORED")

    assert taken["status"] == "UNDER_REVIEW"
    assert taken["requiredInformation"] == []
    assert taken["nextAction"]["code"] == "START_VERIFICATION"
    assert "UNDER_REVIEW" in locked[0]["message"]
    assert "CREATED" in locked[0]["hint"]
    data = found["kycData"]
    assert (data["legalFirstName"], data["dateOfBirth"], data["nationality"]) == ("Jane", "1990-05-15", "US")
    assert data["address"] == {
        "addressLine1": "123 Main Street", "city": "San Francisco", "stateCode": "CA", "postalCode": "94102", "country": "US",
        "locale": "en-US",
    }  # fmt: skip
    (document,) = data["documents"]
    assert (document["type"], document["number"], document["expirationDate"]) == ("PASSPORT", "P12345678", "2034-12-31")
    assert document["front"]["file"]["context"] == "photo-document-front"
    assert document["front"]["file"]["contentType"] == "image/jpeg"
    told = [event["data"] for event in found["events"]["nodes"] if event["type"] == "customer.state_changed"]
    assert told == [
        {
            "customerId": customer, "oldStatus": "CREATED", "newStatus": "UNDER_REVIEW", "reason": "kyc_data_submitted",
            "requiredDocuments": [],
        }
    ]  # fmt: skip
    assert "Jane" not in str(found["events"])


async def test_what_is_missing_is_named_and_given_over_several_calls(firm: Firm) -> None:
    customer = await firm.customer()
    data = whole()

    first = await firm.submit(customer, legalFirstName="Jane", legalLastName="Smith", phoneNumber="+14155551234")
    names = [name for name in data if name not in ("address", "documents")]
    second = await firm.submit(customer, **{name: data[name] for name in names})
    third = await firm.submit(customer, address={"addressLine1": "123 Main Street", "country": "US"})
    fourth = await firm.submit(
        customer, address={"city": "San Francisco", "stateCode": "us-ca", "postalCode": "94102", "locale": "en_US"}
    )
    bill = {"type": "UTILITY_BILL", "issueDate": "2026-10-01", "frontImageUrl": "https://storage.example.com/bill.jpg"}
    licence = {"type": "DRIVERS_LICENSE", "number": "D1234567", "issuingCountry": "US", "expirationDate": "2034-05-15",
               "frontImageUrl": "https://storage.example.com/f.jpg"}  # fmt: skip
    fifth = await firm.submit(customer, documents=[licence, bill])
    last = await firm.submit(customer, documents=[{"type": "DRIVERS_LICENSE", "backImageUrl": "https://storage.example.com/b.jpg"}])

    assert (first["status"], first["nextAction"]["code"]) == ("NEEDS_ADDITIONAL_INFORMATION", "SUBMIT_KYC_DATA")
    assert {"dateOfBirth", "address.city", "documents", "isIntermediary"} <= {
        item["field"] for item in first["requiredInformation"]
    }
    assert {item["field"] for item in second["requiredInformation"]} == {
        "address.addressLine1", "address.city", "address.country", "address.locale", "address.postalCode", "documents",
    }  # fmt: skip
    assert {item["field"] for item in third["requiredInformation"]} == {
        "address.city", "address.locale", "address.postalCode", "address.stateCode", "documents",
    }  # fmt: skip
    assert [item["field"] for item in fourth["requiredInformation"]] == ["documents"]
    assert [(item["field"], item["reason"]) for item in fifth["requiredInformation"]] == [
        ("documents.0.backImageUrl", "missing_field")
    ]
    assert last["status"] == "UNDER_REVIEW"
    told = [event["data"] for event in (await read(firm, customer))["events"]["nodes"] if event["type"] == "customer.state_changed"]
    assert [(data["newStatus"], data["reason"], data["requiredDocuments"]) for data in told] == [
        ("NEEDS_ADDITIONAL_INFORMATION", "kyc_data_incomplete", ["GOVERNMENT_ID"]),
        ("UNDER_REVIEW", "kyc_data_submitted", []),
    ]


YOUNG = (dt.date.today() - dt.timedelta(days=17 * 365)).isoformat()
FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"legalFirstName": "R2<D2>"}, "INVALID_NAME", "legalFirstName"),
    ({"legalLastName": " "}, "INVALID_NAME", "legalLastName"),
    ({"legalMiddleName": "a\u202eb"}, "INVALID_NAME", "legalMiddleName"),
    ({"phoneNumber": "0170 1234567"}, "INVALID_PHONE_NUMBER", "phoneNumber"),
    ({"phoneNumber": "+99912345678"}, "INVALID_PHONE_NUMBER", "phoneNumber"),
    ({"dateOfBirth": "15.05.1990"}, "INVALID_DATE", "dateOfBirth"),
    ({"dateOfBirth": "1990-02-30"}, "INVALID_DATE", "dateOfBirth"),
    ({"dateOfBirth": "1850-01-01"}, "INVALID_DATE", "dateOfBirth"),
    ({"dateOfBirth": YOUNG}, "UNDERAGE", "dateOfBirth"),
    ({"nationality": "USA"}, "INVALID_COUNTRY", "nationality"),
    ({"nationality": "UK"}, "INVALID_COUNTRY", "nationality"),
    ({"address": {"country": "US", "stateCode": "XX"}}, "INVALID_SUBDIVISION", "address.stateCode"),
    ({"address": {"country": "DE", "stateCode": "CA"}}, "INVALID_SUBDIVISION", "address.stateCode"),
    ({"address": {"country": "DE", "postalCode": "1234"}}, "INVALID_POSTAL_CODE", "address.postalCode"),
    ({"address": {"locale": "english"}}, "INVALID_LOCALE", "address.locale"),
    ({"address": {"addressLine1": "x" * 201}}, "INVALID_TEXT", "address.addressLine1"),
    (
        {"nationalIdType": "SSN", "nationalIdIssuingCountry": "US", "nationalIdNumber": "000-12-3456"},
        "INVALID_NATIONAL_ID",
        "nationalIdNumber",
    ),
    (
        {"nationalIdType": "NATIONAL_ID", "nationalIdIssuingCountry": "ES", "nationalIdNumber": "54362315Z"},
        "INVALID_NATIONAL_ID",
        "nationalIdNumber",
    ),
    ({"documents": [passport(expirationDate="2020-01-01")]}, "DOCUMENT_EXPIRED", "documents.0.expirationDate"),
    ({"documents": [passport(issueDate="2033-01-01")]}, "DATE_IN_FUTURE", "documents.0.issueDate"),
    ({"documents": [passport(), passport()]}, "DUPLICATE_DOCUMENT", "documents.1.type"),
    ({"documents": [passport(frontUploadId="upl_x")]}, "AMBIGUOUS_IMAGE", "documents.0.frontImageUrl"),
    ({"documents": [passport(frontImageUrl=None, frontUploadId="upl_x")]}, "NOT_FOUND", "documents.0.frontUploadId"),
    ({"documents": [passport(frontImageUrl="javascript:alert(1)")]}, "INVALID_URL", "documents.0.frontImageUrl"),
]


@pytest.mark.parametrize(("data", "code", "field"), FAULTS)
async def test_each_rule_refuses_with_path_code_and_message(embedded: Firm, data: dict[str, Any], code: str, field: str) -> None:
    customer = await embedded.customer()

    (error,) = await embedded.submit(customer, expect=[code], **data)

    assert ".".join(error["field"]) == f"input.kycData.{field}"
    assert error["message"]
    assert (await read(embedded, customer))["kycData"] is None


async def test_all_faults_of_one_submission_come_together_and_nothing_is_taken(firm: Firm) -> None:
    customer = await firm.customer()

    errors = await firm.submit(
        customer,
        legalFirstName="Jane",
        phoneNumber="1",
        nationality="Spain",
        address={"country": "U", "locale": "x"},
        documents=[passport(number="x" * 300, expirationDate="soon")],
        expect=["INVALID_PHONE_NUMBER", "INVALID_COUNTRY", "INVALID_COUNTRY", "INVALID_LOCALE", "INVALID_TEXT", "INVALID_DATE"],
    )

    assert all(error["hint"] for error in errors)
    found = await read(firm, customer)
    assert (found["status"], found["kycData"]) == ("CREATED", None)


async def test_null_removes_and_what_is_gone_is_missing_again(firm: Firm) -> None:
    customer = await firm.customer()
    await firm.submit(customer, **whole(isIntermediary=None))

    gone = await firm.submit(customer, phoneNumber=None, documents=None, address={"addressLine2": None})
    back = await firm.submit(customer, phoneNumber="+34600000000", documents=[passport()], isIntermediary=True)

    assert {item["field"] for item in gone["requiredInformation"]} == {"phoneNumber", "documents", "isIntermediary"}
    assert back["status"] == "UNDER_REVIEW"


async def test_people_with_one_name_and_names_of_every_script_are_fine(firm: Firm) -> None:
    customer = await firm.customer(lastName=None)

    taken = await firm.submit(customer, **whole(legalFirstName="Sukarno", legalLastName=None))
    other = await firm.submit(await firm.customer(), legalFirstName="Νίκος", legalLastName="Null", legalMiddleName="D’Àrc-Zieleń")

    assert taken["status"] == "UNDER_REVIEW"
    assert other["status"] == "NEEDS_ADDITIONAL_INFORMATION"


async def test_who_may_not_read_persons_sees_masks(firm: Firm) -> None:
    customer = await firm.customer()
    await firm.submit(customer, **whole())
    await settled(firm, customer, "STORED")

    seen = (await read(firm, customer, who="service"))["kycData"]

    assert (seen["legalFirstName"], seen["dateOfBirth"], seen["phoneNumber"], seen["employmentStatus"]) == ("***", None, None, None)
    assert seen["documents"][0]["number"] == "***"
    assert seen["documents"][0]["front"]["file"]["url"] is None
    assert "Jane" not in str(seen)


async def test_a_repeated_submission_is_one_and_others_tenants_are_unknown(firm: Firm) -> None:
    customer = await firm.customer()
    other = await firm.issue(Role.SERVICE, tenant="another firm")

    await firm.submit(customer, key="one", legalFirstName="Jane")
    await firm.submit(customer, key="one", legalFirstName="Jane")
    await firm.submit(customer, key="one", legalFirstName="Joan", expect=["IDEMPOTENCY_KEY_REUSED"])
    await firm.submit(customer, who=other, legalFirstName="Joan", expect=["NOT_FOUND"])

    events = [event for event in (await read(firm, customer))["events"]["nodes"] if event["type"] == "customer.updated"]
    assert len(events) == 1


async def test_documents_by_upload_are_checked_as_they_come(firm: Firm) -> None:
    customer = await firm.customer()
    content = jpeg()

    upload_id, answer = await firm.upload(customer, content)
    again = await firm.http.put(str(answer.request.url), content=content, headers={"Content-Type": "image/jpeg"})
    document = passport(frontImageUrl=None, frontUploadId=upload_id)
    taken = await firm.submit(customer, **whole(documents=[document]))
    found = await read(firm, customer)
    file = found["kycData"]["documents"][0]["front"]["file"]
    served = await firm.http.get(file["url"])

    assert (answer.status_code, answer.json()) == (201, {"uploadId": upload_id, "status": "STORED"})
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_RECEIVED")
    assert taken["status"] == "UNDER_REVIEW"
    assert file["context"] == "photo-document-front"
    assert served.headers["content-disposition"].startswith("attachment")
    assert len(served.content) == file["size"]
    node = await firm.data("query($id: ID!) { node(id: $id) { ... on File { id providerDetails } } }", {"id": file["id"]})
    assert node["node"] == {"id": file["id"], "providerDetails": {}}


async def test_a_document_that_cannot_be_used_opens_the_data_again(firm: Firm) -> None:
    customer = await firm.customer()
    place = f"http://127.0.0.1:{firm.storage_port}"

    taken = await firm.submit(customer, **whole(documents=[passport(frontImageUrl=f"{place}/damaged.jpg")]))
    refused = await settled(firm, customer, "REFUSED")
    again = await firm.submit(customer, documents=[passport(frontImageUrl=f"{place}/flaky-{customer}.jpg")])
    found = await settled(firm, customer, "STORED")

    assert taken["status"] == "UNDER_REVIEW"
    assert (refused["status"], refused["nextAction"]["code"]) == ("NEEDS_ADDITIONAL_INFORMATION", "SUBMIT_KYC_DATA")
    assert [(item["field"], item["reason"]) for item in refused["requiredInformation"]] == [
        ("documents.0.frontImageUrl", "unusable_image")
    ]
    assert refused["kycData"]["documents"][0]["front"]["error"] == {"code": "FILE_DAMAGED"}
    assert (again["status"], found["status"]) == ("UNDER_REVIEW", "UNDER_REVIEW")
    told = [event["data"] for event in found["events"]["nodes"] if event["type"] == "customer.state_changed"]
    assert [(data["reason"], data["requiredDocuments"]) for data in told] == [
        ("kyc_data_submitted", []),
        ("document_unusable", ["PASSPORT"]),
        ("kyc_data_submitted", []),
    ]
