"""The overview of processes, from what vendors gave, what was declared, and what other customers have."""

from __future__ import annotations

from typing import Any

from app.domain.credential import Role
from tests.make.firm import Firm

READ = """query($id: ID!) { customer(id: $id) { kycOverview { process status updatedAt reasons { code message field } } } }"""
MANY = """{ customers(first: 50) { nodes { kycOverview { process status } } } }"""


async def overview(firm: Firm, customer: str, who: str = "service") -> dict[str, Any]:
    found = (await firm.data(READ, {"id": customer}, who=who))["customer"]["kycOverview"]
    return {line["process"]: (line["status"], sorted({reason["code"] for reason in line["reasons"]})) for line in found}


async def test_an_expired_document_and_a_missing_proof_are_reasons(firm: Firm) -> None:
    expired, without = await firm.customer(), await firm.customer()
    before = await overview(firm, expired)
    await firm.finished(await firm.ingest("expired-document", customer=expired))
    await firm.finished(await firm.ingest("no-proof-of-address", customer=without))

    found, other = await overview(firm, expired), await overview(firm, without)

    assert {status for status, _ in before.values()} == {"PENDING"}
    assert found["IDENTITY"][0] == "FAILED"
    assert "document_expired" in found["IDENTITY"][1]
    assert other["PROOF_OF_ADDRESS"] == ("FAILED", ["provider_data_not_available"])


async def test_the_same_identity_twice_in_one_firm_is_found_and_in_two_firms_is_not(firm: Firm) -> None:
    first, second = await firm.customer(), await firm.customer()
    for customer in (first, second):
        await firm.finished(await firm.ingest("one-name", customer=customer))
    elsewhere = await firm.issue(Role.SERVICE, tenant=f"firm of {first}")
    alone = await firm.customer(who=elsewhere)
    declared = {"legalFirstName": "Zorro", "legalLastName": "Unheardof", "dateOfBirth": "1980-02-02"}
    await firm.submit(alone, who=elsewhere, **declared)
    await firm.submit(await firm.customer(), **declared)

    assert "duplicate" in (await overview(firm, first))["IDENTITY"][1]
    assert "duplicate" in (await overview(firm, second))["IDENTITY"][1]
    assert all("duplicate" not in codes for _, codes in (await overview(firm, alone, who=elsewhere)).values())


async def test_what_was_declared_otherwise_shows(firm: Firm) -> None:
    customer = await firm.customer()
    await firm.submit(customer, legalFirstName="Somebody", legalLastName="Else", dateOfBirth="1970-01-01")
    await firm.finished(await firm.ingest("passport", customer=customer))

    found = await overview(firm, customer)

    assert "data_mismatch" in found["PROFILE"][1]
    assert "data_mismatch" in found["IDENTITY"][1]


async def test_an_excused_customer_is_exempt_and_many_are_read_at_once(embedded: Firm) -> None:
    customer = await embedded.customer()
    query = "mutation($input: SetKycRequiredInput!) { setKycRequired(input: $input) { userErrors { code } } }"
    await embedded.data(query, {"input": {"customerId": customer, "required": False, "reason": "x"}}, who="back-office")

    assert {status for status, _ in (await overview(embedded, customer)).values()} == {"EXEMPT"}
    assert (await embedded.data(MANY))["customers"]["nodes"]
