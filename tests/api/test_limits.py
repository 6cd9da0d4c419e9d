"""Limits on documents, priced in one pass, before they cost anything."""

from __future__ import annotations

import time

import pytest
from graphql import get_introspection_query

from api import schema
from api.serve.admission import Admission, Refused
from app.errors import QueryTooLarge
from tests.make.firm import Firm


def doubling(levels: int) -> str:
    """Fragments that spread each other twice: small to write, 2^levels fields to walk naively."""
    parts = [f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels)]
    return "{ ...F0 } " + " ".join(parts) + f" fragment F{levels} on Query {{ __typename }}"


NESTED = "{ customers { nodes { ingestions { nodes { customer { ingestions { nodes { customer { ingestions { nodes { customer { ingestions { nodes { id } } } } } } } } } } } } } }"
TOO_LARGE = {
    "depth": NESTED,
    "aliases": "{" + " ".join(f"a{i}: __typename" for i in range(31)) + "}",
    "tokens": "{" + "__typename " * 2001 + "}",
    "characters": "{ __typename }" + " " * 30_001,
    "comments": "#\n" * 201 + "{ __typename }",
    "directives": "{" + " ".join("__typename @include(if: true)" for _ in range(51)) + "}",
    "operations": " ".join(f"query Q{i} {{ __typename }}" for i in range(21)),
    "cost": "{ customers(first: 100) { nodes { ingestions(first: 100) { nodes { id status attempts } } } } }",
    "cost by variable": "query($n: Int) { customers(first: $n) { nodes { ingestions(first: $n) { nodes { id status attempts } } } } }",
    "nested lists in fragments": "{ ...A } fragment A on Query { customers(first: 100) { nodes { ...B } } } "
    "fragment B on Customer { ingestions(first: 100) { nodes { id status results { process } } } }",
    "deep nesting": "{a" * 900 + "}" * 900,
    "doubled cost": "{ ...A ...A ...A ...A ...A ...A } fragment A on Query { customers(first: 100) { nodes { events(first: 50) { nodes { id type } } } } }",
}


@pytest.mark.parametrize("name", TOO_LARGE)
async def test_what_is_too_large_is_refused_with_its_code(embedded: Firm, name: str) -> None:
    answer = await embedded.http.post(
        "/graphql",
        json={"query": TOO_LARGE[name]},
        headers={"authorization": f"Bearer {embedded.tokens['service']}"},
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "QUERY_TOO_LARGE"


@pytest.mark.parametrize("levels", [22, 60])
def test_doubling_fragments_cost_what_they_are_written_not_what_they_expand_to(levels: int) -> None:
    admission = Admission(schema.core, suggestions=False)

    started = time.process_time()
    with pytest.raises(QueryTooLarge):
        admission.admit(doubling(levels))

    assert time.process_time() - started < 0.5


def test_circular_fragments_are_named_by_validation() -> None:
    admission = Admission(schema.core, suggestions=False)

    with pytest.raises(Refused) as refused:
        admission.admit("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")

    assert any("cannot spread" in error.message.lower() for error in refused.value.errors)


def test_fifty_repeated_fields_without_aliases_are_one_field() -> None:
    assert Admission(schema.core, suggestions=False).admit("{" + "__typename " * 50 + "}")


def test_the_introspection_query_of_tools_is_admitted() -> None:
    query = get_introspection_query(specified_by_url=True, input_value_deprecation=True, directive_is_repeatable=True)

    assert Admission(schema.core, suggestions=False).admit(query)


def test_a_known_document_is_neither_parsed_nor_validated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    admission = Admission(schema.core, suggestions=False)
    first = admission.admit("{ __typename }")
    monkeypatch.setattr("api.serve.admission.parse", None)
    monkeypatch.setattr("api.serve.admission.validate", None)

    assert admission.admit("{ __typename }") is first


def test_the_cache_is_bounded_in_count_and_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.serve.admission.CACHE_DOCUMENTS", 10)
    monkeypatch.setattr("api.serve.admission.CACHE_CHARACTERS", 200)
    admission = Admission(schema.core, suggestions=False)

    for index in range(50):
        admission.admit(f"query Q{index} {{ __typename }}")

    assert len(admission._known) <= 10
    assert admission._characters <= 200


async def test_at_most_ten_errors_come_back(embedded: Firm) -> None:
    answer = await embedded.ask("{" + " ".join(f"nothing{i}" for i in range(300)) + "}")

    assert len(answer["errors"]) <= 10
    assert all(len(error["message"]) <= 300 for error in answer["errors"])
