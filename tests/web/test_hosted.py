"""The customer's page in a real browser: on a phone and on a desk, by keyboard, with the twin's own flow behind it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.make.browser import browsing
from tests.make.firm import Firm
from tests.make.person import jpeg, passport, whole

PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
LINK = "query($id: ID!) { customer(id: $id) { verificationLink status kycStatus } }"


async def link_of(firm: Firm, customer: str) -> str:
    return str((await firm.data(LINK, {"id": customer}))["customer"]["verificationLink"])


def watched(page: Page) -> tuple[set[str], list[str]]:
    """The hosts that a page talks to, and what its console complains of."""
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "//" in request.url else "data"))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return hosts, complaints


async def press_next(page: Page, name: str = "Next") -> None:
    button = page.get_by_role("button", name=name, exact=True)
    await button.focus()
    await page.keyboard.press("Enter")


async def fill(page: Page, **texts: str) -> None:
    for label, text in texts.items():
        found = page.get_by_label(re.compile(f"^{label.replace('_', ' ')}"))
        if await found.evaluate("node => node.tagName") == "SELECT":
            await found.select_option(label=text)
        else:
            await found.fill(text)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("device", ["phone", "desk"])
async def test_a_customer_gives_everything_and_is_verified(tmp_path: Path, device: str) -> None:
    picture = tmp_path / "front.jpg"
    picture.write_bytes(jpeg())
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"<!doctype html>" * 20_000)
    async with (
        Firm.embedded(tmp_path, webhooks=True) as firm,
        browsing(**(PHONE if device == "phone" else DESK)) as context,
    ):
        customer = await firm.customer()
        page = await context.new_page()
        hosts, complaints = watched(page)
        await page.goto(await link_of(firm, customer))

        await fill(page, First_name="J4ne", Last_name="Smith", Date_of_birth="1990-05-15", Nationality="United States")
        await press_next(page)
        await expect(page.get_by_role("alert")).to_contain_text("Phone number: Please fill this in.")
        await fill(page, Phone_number="0170 123")
        await press_next(page)
        await expect(page.get_by_role("alert")).to_contain_text("not a complete phone number")
        await expect(page.get_by_label("First name")).to_have_attribute("aria-invalid", "true")
        await fill(page, First_name="Jane", Phone_number="+14155551234")
        await press_next(page)
        await expect(page.get_by_role("heading", level=2)).to_have_text("2. Where you live")
        await fill(page, Street="123 Main Street", City="San Francisco", Country="United States", State="CA", Postal_code="94102")
        await fill(page, Language="en-US")
        await press_next(page)
        await fill(page, Type="Social security number", Number="123-45-6789", Issuing_country="United States")
        await press_next(page)
        await fill(
            page, Employment="Employed", Present="Engineer", Where="Wages", What="Personal payments", Payments="Less than 10,000"
        )
        await page.get_by_label(re.compile("^Do you act")).select_option("false")
        await press_next(page)
        await fill(page, Which="Passport", Its_number="P12345678", Issuing="United States", Valid_until="2034-12-31")
        await page.get_by_label("Picture of the front").set_input_files(bad)
        await expect(page.get_by_text("neither JPEG, PNG nor PDF")).to_be_visible()
        await page.get_by_label("Picture of the front").set_input_files(picture)
        await expect(page.get_by_text("Received.")).to_be_visible()
        await page.screenshot(path=tmp_path / f"{device}-document.png", full_page=True)
        await page.get_by_label("The information I have given is true").check()
        await press_next(page, "Send")
        await expect(page.get_by_role("heading", level=2)).to_have_text("We are checking your details")

        await firm.start(customer)
        await expect(page.get_by_role("heading", level=2)).to_have_text("Almost done")
        await page.get_by_role("button", name="Continue to the check").click()
        await expect(page.get_by_text("Please agree first.")).to_be_visible()
        await page.get_by_label("I agree that my data is sent").check()
        async with context.expect_page() as opened:
            await page.get_by_role("button", name="Continue to the check").click()
        vendor = await opened.value
        await vendor.get_by_role("button", name="I have given everything").click()
        await expect(vendor.get_by_text("Thank you.")).to_be_visible()
        # Screening has a say before the customer is done; what the page shows meanwhile is that it is being checked.
        await expect(page.get_by_role("heading", level=2)).to_have_text(re.compile("Thank you|We are checking your details"))
        for _ in range(100):
            found = (await firm.data(LINK, {"id": customer}))["customer"]
            if found["kycStatus"] == "VERIFIED":
                break
            await page.wait_for_timeout(100)

        assert found["kycStatus"] == "VERIFIED"
        assert hosts <= {f"127.0.0.1:{firm.port}", "data"}
        assert [text for text in complaints if "415" not in text] == []
        if device == "phone":
            assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.timeout(120)
async def test_what_must_be_given_again_is_asked_for_live_in_the_vendors_words(tmp_path: Path) -> None:
    async with Firm.embedded(tmp_path, webhooks=True) as firm, browsing(**DESK) as context:
        customer = await firm.customer()
        await firm.submit(customer, **whole())
        reference = (await firm.start(customer))["verification"]["providerReference"]
        page = await context.new_page()
        await page.goto(await link_of(firm, customer))
        await expect(page.get_by_role("heading", level=2)).to_have_text("Almost done")

        steps = {"SELFIE": {"reviewResult": {"reviewAnswer": "RED", "moderationComment": "Your face was not to be seen."}}}
        await firm.twin("sumsub", f"applicants/{reference}/steps", **steps)
        red = {"reviewAnswer": "RED", "reviewRejectType": "RETRY", "rejectLabels": ["BAD_SELFIE"]}
        await firm.twin("sumsub", f"applicants/{reference}/review", reviewResult=red)

        await expect(page.get_by_role("heading", level=2)).to_have_text("Please submit something again")
        await expect(page.get_by_role("listitem")).to_have_text("Your face was not to be seen.")
        await firm.twin(
            "sumsub", f"applicants/{reference}/review", reviewResult={"reviewAnswer": "RED", "reviewRejectType": "FINAL"}
        )
        await expect(page.get_by_role("heading", level=2)).to_have_text("We could not verify you")
        await expect(page.get_by_text("FORGERY")).to_have_count(0)


@pytest.mark.timeout(120)
async def test_what_was_left_out_and_what_cannot_be_used_is_asked_for_where_it_belongs(tmp_path: Path) -> None:
    async with Firm.embedded(tmp_path) as firm, browsing(**DESK) as context:
        customer = await firm.customer()
        damaged = f"http://127.0.0.1:{firm.storage_port}/damaged.jpg"
        await firm.submit(customer, **whole(legalLastName=None, documents=[passport()]))
        page = await context.new_page()
        await page.goto(await link_of(firm, customer))
        await expect(page.get_by_role("heading", level=2)).to_have_text("1. About you")
        await expect(page.get_by_label("First name")).to_have_value("Jane")
        await fill(page, Last_name="Smith")
        await press_next(page)
        await expect(page.get_by_role("heading", level=2)).to_have_text("We are checking your details")

        other = await firm.customer()
        await firm.submit(other, **whole(documents=[passport(frontImageUrl=damaged)]))
        page = await context.new_page()
        await page.goto(await link_of(firm, other))
        await expect(page.get_by_role("alert")).to_contain_text("cannot be opened")
        await expect(page.get_by_role("heading", level=2)).to_have_text("5. Your identity document")


async def test_a_forged_or_ended_link_is_told_and_tells_nothing(embedded: Firm, page: Page) -> None:
    link = await link_of(embedded, await embedded.customer())

    forged = await embedded.http.post(f"{link[:-2]}xx/session")
    await page.goto(f"{link[:-2]}xx")
    shown = await embedded.http.get(link)

    assert forged.status_code == 404
    await expect(page.get_by_text("This link is invalid or has expired. Please ask for a new one.")).to_be_visible()
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["cache-control"] == "no-store"
    assert "unsafe" not in shown.headers["content-security-policy"]
    assert "//" not in shown.headers["content-security-policy"]


OWN = "query($id: ID!) { customer(id: $id) { id status email nextAction { code customerMessage } kycData { legalFirstName } } }"
OTHERS: dict[str, str] = {
    "{ customers { nodes { id } } }": "FORBIDDEN",
    "{ events { nodes { id } } }": "FORBIDDEN",
    "{ providers { name } }": "FORBIDDEN",
    "query($id: ID!) { node(id: $id) { id } }": "FORBIDDEN",
    "query($id: ID!) { customer(id: $id) { aml { status } } }": "FORBIDDEN",
    "query($id: ID!) { customer(id: $id) { riskLevel tags } }": "FORBIDDEN",
    "query($id: ID!) { customer(id: $id) { nextAction { message } } }": "FORBIDDEN",
    "query($id: ID!) { customer(id: $id) { verification { internalComment } } }": "FORBIDDEN",
    "query($id: ID!) { customer(id: $id) { ...F } } fragment F on Customer { changes { reason } }": "FORBIDDEN",
    "query($id: ID!) { customer(id: $id) { kycOverview { reasons { code } } } }": "FORBIDDEN",
    'mutation($id: ID!) { deactivateCustomer(input: {customerId: $id, reason: "x"}) { userErrors { code } } }': "FORBIDDEN",
    "mutation($id: ID!) { createCustomerToken(input: {customerId: $id}) { token } }": "FORBIDDEN",
    'mutation($id: ID!) { startVerification(input: {customerId: $id, idempotencyKey: "k", risk: {designatedService: "exchange", '
    "paymentMethod: CASH, clientRelationship: NEW}}) { userErrors { code } } }": "HUMAN_REQUIRED",
}


async def own_token(firm: Firm, customer: str) -> str:
    query = (
        "mutation($input: CreateCustomerTokenInput!) { createCustomerToken(input: $input) { token expiresAt userErrors { code } } }"
    )
    made = (await firm.data(query, {"input": {"customerId": customer}}, who="service"))["createCustomerToken"]
    assert made["userErrors"] == []
    return str(made["token"])


@pytest.mark.parametrize("query", OTHERS)
async def test_a_customers_token_is_good_for_its_own_data_alone(firm: Firm, query: str) -> None:
    customer = await firm.customer()
    token = await own_token(firm, customer)

    answer: dict[str, Any] = await firm.ask(query, {"id": customer} if "$id" in query else None, who=token)

    assert answer["errors"][0]["extensions"]["code"] == OTHERS[query], answer


async def test_a_customer_sees_itself_in_clear_and_nobody_else(firm: Firm) -> None:
    customer, other = await firm.customer(), await firm.customer()
    token = await own_token(firm, customer)
    await firm.submit(customer, who=token, legalFirstName="Jane")

    mine = (await firm.data(OWN, {"id": customer}, who=token))["customer"]
    others = await firm.ask(OWN, {"id": other}, who=token)
    updating = await firm.ask(
        "mutation($input: UpdateKycDataInput!) { updateKycData(input: $input) { userErrors { code } } }",
        {"input": {"customerId": other, "kycData": {"legalFirstName": "Eve"}}},
        who=token,
    )
    query = "subscription($id: ID!) { customer(id: $id) { id status } }"
    async with (
        firm.subscribe(query, {"id": customer}, who=token) as own,
        firm.subscribe(query, {"id": other}, who=token) as foreign,
    ):
        seen = await anext(own.payloads())
        refused = await foreign.message()

    assert mine["email"].endswith("@example.com")
    assert (mine["kycData"]["legalFirstName"], mine["nextAction"]["code"]) == ("Jane", "SUBMIT_KYC_DATA")
    assert others["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert updating["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert seen["customer"]["id"] == customer
    assert refused["type"] in ("error", "next")
    assert "FORBIDDEN" in str(refused)


async def test_two_customers_who_follow_with_the_same_words_never_share_an_answer(firm: Firm) -> None:
    one, two = await firm.customer(), await firm.customer()
    query = "subscription($id: ID!) { customer(id: $id) { id email } }"

    async with (
        firm.subscribe(query, {"id": one}, who=await own_token(firm, one)) as first,
        firm.subscribe(query, {"id": one}, who=await own_token(firm, two)) as second,
    ):
        mine = await anext(first.payloads())
        refused = await second.message()

    assert mine["customer"]["id"] == one
    assert "@example.com" not in str(refused)
    assert "FORBIDDEN" in str(refused)


async def test_what_a_link_allows_has_an_end(firm: Firm) -> None:
    customer = await firm.customer()
    tokens = [await own_token(firm, customer) for _ in range(22)]
    announce = "mutation($input: CreateUploadInput!) { createUpload(input: $input) { userErrors { code } } }"
    given = {"customerId": customer, "contentType": "image/jpeg", "size": 200_000}

    seen = [await firm.ask(OWN, {"id": customer}, who=token) for token in (tokens[0], tokens[1], tokens[2], tokens[-1])]
    answers = [await firm.data(announce, {"input": given}, who=tokens[-1]) for _ in range(101)]

    assert ["errors" in answer for answer in seen] == [True, True, False, False]
    assert [len(answer["createUpload"]["userErrors"]) for answer in answers] == [0] * 100 + [1]
