"""GraphQL over HTTP beyond the audits: methods, media types, malformed bodies, masking."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.make.firm import Firm

JSON = {"content-type": "application/json"}
GRAPHQL_JSON = "application/graphql-response+json"
TYPENAME = json.dumps({"query": "{ __typename }"})
CREATE = 'mutation { createCustomer(input: {email: "a@b.co", firstName: "A"}) { customer { id } } }'


def bearer(firm: Firm, who: str = "service") -> dict[str, str]:
    return {"authorization": f"Bearer {firm.tokens[who]}"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"5",
        b'"x"',
        b"[]",
        b"{",
        b'{"query": 5}',
        b'{"query": null}',
        b"{}",
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "x"}',
        b'{"query": "{ __typename }", "operationName": 7}',
        b'{"query": "{ __typename }", "extensions": 7}',
        b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        b'{"query": "\xff"}',
        b"[" * 100_000,
        b'{"query": "{ __typename }", "variables": {"n": ' + b"9" * 100_000 + b"}}",
        b'[{"query": "{ __typename }"}]',
        b'{"query": "query A { __typename } query B { __typename }"}',
        b'{"query": "{ __typename }", "operationName": "Missing"}',
        b'{"query": "subscription { events { id } }"}',
    ],
)
async def test_a_malformed_body_is_a_clear_400(embedded: Firm, body: bytes) -> None:
    answer = await embedded.http.post("/graphql", content=body, headers=JSON | bearer(embedded))

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", TYPENAME),
        ("application/x-www-form-urlencoded", "query={__typename}"),
        ("multipart/form-data; boundary=x", "--x--"),
        ("application/graphql", "{ __typename }"),
        ("application/json; charset=latin-1", TYPENAME),
        ("", TYPENAME),
    ],
)
async def test_only_json_in_utf8_is_taken(embedded: Firm, content_type: str, body: str) -> None:
    answer = await embedded.http.post("/graphql", content=body, headers={"content-type": content_type} | bearer(embedded))

    assert answer.status_code == 415


async def test_a_form_post_runs_no_mutation(embedded: Firm) -> None:
    before = (await embedded.data("{ customers(first: 100) { nodes { id } } }"))["customers"]["nodes"]

    answer = await embedded.http.post("/graphql", data={"query": CREATE}, headers=bearer(embedded))

    assert answer.status_code == 415
    assert (await embedded.data("{ customers(first: 100) { nodes { id } } }"))["customers"]["nodes"] == before


async def test_get_answers_queries_and_refuses_mutations(embedded: Firm) -> None:
    query = await embedded.http.get("/graphql", params={"query": "{ providers { name } }"}, headers=bearer(embedded))
    mutation = await embedded.http.get("/graphql", params={"query": CREATE}, headers=bearer(embedded))

    assert query.json() == {"data": {"providers": [{"name": "SUMSUB"}, {"name": "VERIFF"}]}}
    assert mutation.status_code == 405
    assert mutation.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(embedded: Firm, method: str) -> None:
    answer = await embedded.http.request(method, "/graphql", headers=bearer(embedded))

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


async def test_media_types_are_negotiated(embedded: Firm) -> None:
    async def accept(value: str) -> Any:
        headers = JSON | bearer(embedded) | {"accept": value}
        return await embedded.http.post("/graphql", content=TYPENAME, headers=headers)

    assert (await accept(GRAPHQL_JSON)).headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert (await accept("*/*")).headers["content-type"] == "application/json; charset=utf-8"
    assert (await accept(f"application/json;q=0.5, {GRAPHQL_JSON}")).headers["content-type"].startswith(GRAPHQL_JSON)
    assert (await accept("text/event-stream")).status_code == 406
    # urql names a stream last on every query, and must get JSON.
    urql = f"{GRAPHQL_JSON}, application/json, text/event-stream, multipart/mixed"
    assert (await accept(urql)).headers["content-type"].startswith(GRAPHQL_JSON)
    assert (await accept(GRAPHQL_JSON)).headers["vary"] == "Accept"


async def test_a_body_over_the_limit_is_413_whether_announced_or_not(embedded: Firm) -> None:
    large = b'{"query": "' + b" " * 300_000 + b'{ __typename }"}'

    async def chunks() -> Any:
        for start in range(0, len(large), 50_000):
            yield large[start : start + 50_000]

    announced = await embedded.http.post("/graphql", content=large, headers=JSON)
    chunked = await embedded.http.post("/graphql", content=chunks(), headers=JSON)

    for answer in (announced, chunked):
        assert answer.status_code == 413
        assert answer.json()["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic x", "Bearer gh_test_a_b", "Bearer \u00e9"])
async def test_without_a_good_credential_everything_but_introspection_is_401(embedded: Firm, authorization: str | None) -> None:
    headers = dict(JSON) if authorization is None else JSON | {"authorization": authorization.encode("latin-1")}  # type: ignore[dict-item]

    answer = await embedded.http.post("/graphql", json={"query": "{ providers { name } }"}, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_what_is_ours_is_masked_and_what_is_the_callers_is_explained(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.provider import provider

    class Broken:
        def values(self) -> Any:
            raise RuntimeError("secret: SELECT 1")

    gate_context = "api.context.Context.require"
    monkeypatch.setattr(gate_context, lambda self, right: setattr(self, "offered", Broken()) or self.principal)
    ours = await embedded.ask("{ providers { name } }")
    monkeypatch.undo()
    theirs = await embedded.ask("{ provider { name } }")

    assert provider.Provider
    (error,) = ours["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["requestId"].startswith("req_")
    assert "secret" not in json.dumps(ours)
    assert "provider" in theirs["errors"][0]["message"]
    assert theirs["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_variable_that_does_not_fit_is_explained_without_data(embedded: Firm) -> None:
    answer = await embedded.http.post(
        "/graphql",
        json={"query": "query($n: Int) { customers(first: $n) { nodes { id } } }", "variables": {"n": "x"}},
        headers=bearer(embedded) | {"accept": GRAPHQL_JSON},
    )

    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_nothing_tells_what_the_server_is_made_of(embedded: Firm) -> None:
    answer = await embedded.http.get("/livez")

    assert "server" not in answer.headers
