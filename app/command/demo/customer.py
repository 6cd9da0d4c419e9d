"""The demo's second part: a customer of the integration guide, from its data to ACTIVE, and the page it would see itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from rich.console import Console

from app.command.demo.client import Client

PATIENCE_SECONDS = 60
CREATE = """mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id verificationLink } } }"""
SUBMIT = """mutation($input: UpdateKycDataInput!) { updateKycData(input: $input) {
  customer { status requiredInformation { field } } userErrors { field message } } }"""
FIRST = {"legalFirstName": "Jane", "legalLastName": "Smith", "phoneNumber": "0170 1234567", "dateOfBirth": "1990-05-15"}
REST: dict[str, Any] = {
    "legalFirstName": "Jane",
    "legalLastName": "Smith",
    "dateOfBirth": "1990-05-15",
    "phoneNumber": "+14155551234",
    "nationality": "US",
    "address": {
        "addressLine1": "123 Main Street",
        "city": "San Francisco",
        "stateCode": "CA",
        "postalCode": "94102",
        "country": "US",
        "locale": "en-US",
    },
    "nationalIdType": "SSN",
    "nationalIdNumber": "123-45-6789",
    "nationalIdIssuingCountry": "US",
    "employmentStatus": "EMPLOYED",
    "mostRecentOccupation": "Engineer",
    "sourceOfFunds": "EMPLOYMENT",
    "accountPurpose": "PERSONAL_USE",
    "expectedMonthlyPaymentsUsd": "UNDER_10K",
    "isIntermediary": False,
    "documents": [
        {
            "type": "PASSPORT",
            "number": "P12345678",
            "issuingCountry": "US",
            "expirationDate": "2034-12-31",
            "frontImageUrl": "https://storage.example.com/front.jpg",
        }
    ],
}


async def run(console: Console, client: Client) -> None:
    """Submits faulty data, then complete data. The sandbox operator starts the verification and the provider decides."""
    console.print("\nA customer of your own (test-success@example.com; everybody else needs a person to start the verification):")
    ready = asyncio.Event()
    events = client.events(ready)
    following = asyncio.create_task(_until_active(console, events))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await ready.wait()
        await asyncio.sleep(0.2)
        person = {"email": "test-success@example.com", "firstName": "Jane", "lastName": "Smith"}
        made = (await client.ask(CREATE, input=person))["createCustomer"]["customer"]
        for data in (FIRST, REST):
            taken = (await client.ask(SUBMIT, input={"customerId": made["id"], "kycData": data}))["updateKycData"]
            for error in taken["userErrors"]:
                console.print(f"  [red]✗[/] {'.'.join(error['field'][2:])}: {error['message']}")
        await following
    console.print(f"\nThe page that a customer would see: {made['verificationLink']}", soft_wrap=True)


async def _until_active(console: Console, events: AsyncIterator[dict[str, Any]]) -> None:
    async for event in events:
        data = event["data"]
        moved = f"{data['oldStatus']} → [bold]{data['newStatus']}[/]" if "oldStatus" in data else ""
        console.print(f"  [dim]{event['type']:<31}[/] {moved}", soft_wrap=True)
        if event["type"] == "customer.state_changed" and data["newStatus"] == "ACTIVE":
            return
