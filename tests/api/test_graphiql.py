"""GraphiQL in a real browser: a query, a mutation, a live subscription, under the strict policy, and no other host."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.make.firm import Firm


async def test_the_page_works_whole_and_stays_on_its_own_host(embedded: Firm, page: Page) -> None:
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "//" in request.url else "data"))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    await page.goto(f"{embedded.url}/graphql")
    await page.fill("#credential", embedded.tokens["reader"])
    await page.click("#credential-bar button")
    await page.wait_for_selector(".graphiql-execute-button")
    tabs = await page.locator(".graphiql-tab").all_inner_texts()

    await _run(page, "CreateCustomer")
    await _answer_holds(page, '"customer": {')
    await _run(page, "Customers")
    await _answer_holds(page, '"firstName": "Iria"')
    await _run(page, "FollowEvents")
    await page.wait_for_timeout(700)
    await embedded.customer(externalId="seen-in-graphiql")
    await _answer_holds(page, '"type": "customer.created"')

    assert [tab.strip() for tab in tabs] == [
        "CreateCustomer",
        "CreateIngestion",
        "Ingestion",
        "Ingestions",
        "FollowIngestion",
        "FollowEvents",
        "Customers",
        "Verification",
        "ProviderEvents",
        "SubmitKycData",
        "StartVerification",
        "Stuck",
        "Hits",
        "ReviewHit",
        "ResolveAml",
    ]
    assert hosts <= {f"127.0.0.1:{embedded.port}", "data"}
    assert complaints == []


async def _run(page: Page, tab: str) -> None:
    # While a tab is being moved, a likeness of it is there too.
    await page.locator(".graphiql-tab", has_text=tab).first.click()
    # GraphiQL learns the operation's name a moment after the editor has changed.
    await page.wait_for_timeout(400)
    await page.click(".graphiql-execute-button")


async def _answer_holds(page: Page, text: str) -> None:
    await expect(page.locator(".result-window")).to_contain_text(text, timeout=15_000)


async def test_the_policy_is_strict_and_the_page_can_be_switched_off(embedded: Firm) -> None:
    answer = await embedded.http.get("/graphql", headers={"accept": "text/html"})

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "//" not in policy
