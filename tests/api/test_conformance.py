"""The reference implementations' own judgement: audits of GraphQL over HTTP, and the graphql-ws client."""

from __future__ import annotations

import pytest

from tests.make import node
from tests.make.firm import Firm

pytestmark = pytest.mark.xdist_group("node")


async def test_all_audits_of_graphql_over_http_pass(embedded: Firm) -> None:
    (report,) = await node.run("audits.mjs", f"{embedded.url}/graphql")

    assert report == {"total": 61, "passed": 61, "failing": []}


async def test_the_reference_client_follows_an_ingestion_to_its_end(firm: Firm) -> None:
    ingestion_id = await firm.ingest("slow-review")
    query = "subscription($id: ID!) { ingestion(id: $id) { status } }"

    lines = await node.run(
        "subscribe.mjs",
        f"ws://127.0.0.1:{firm.port}/graphql",
        firm.tokens["service"],
        query,
        f'{{"id":"{ingestion_id}"}}',
    )

    assert lines[-1] == {"done": True}
    assert lines[-2] == {"data": {"ingestion": {"status": "FINISHED"}}}


async def test_the_reference_client_is_told_that_its_credential_is_no_good(embedded: Firm) -> None:
    url = f"ws://127.0.0.1:{embedded.port}/graphql"

    lines = await node.run("subscribe.mjs", url, "gh_test_nobody", "subscription { events { id } }", "{}")

    assert lines == [{"closed": 4403, "errors": None}]
