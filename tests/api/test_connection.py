"""Pages: keyset cursors in both directions, sizes, and the event log's order."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.credential import Role
from tests.make.firm import Firm

PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
    customers(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { externalId } } nodes { externalId }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


@pytest.fixture(scope="module")
async def reader(embedded: Firm) -> str:
    """A credential of a tenant with seven customers, c0 to c6."""
    token = await embedded.issue(Role.SERVICE, tenant="pages")
    for index in range(7):
        await embedded.customer(externalId=f"c{index}", who=token)
    return token


async def page(embedded: Firm, reader: str, **variables: Any) -> tuple[list[str], dict[str, Any]]:
    found = (await embedded.data(PAGE, variables, who=reader))["customers"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    return [node["externalId"] for node in found["nodes"]], found["pageInfo"]


async def test_pages_follow_each_other_without_gap_or_repeat(embedded: Firm, reader: str) -> None:
    first, info = await page(embedded, reader, first=3)
    second, info2 = await page(embedded, reader, first=3, after=info["endCursor"])
    third, info3 = await page(embedded, reader, first=3, after=info2["endCursor"])

    assert first + second + third == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]
    assert [info["hasNextPage"], info2["hasNextPage"], info3["hasNextPage"]] == [True, True, False]
    assert [info["hasPreviousPage"], info3["hasPreviousPage"]] == [False, True]


async def test_pages_go_backwards_too(embedded: Firm, reader: str) -> None:
    last, info = await page(embedded, reader, last=3)
    middle, info2 = await page(embedded, reader, last=3, before=info["startCursor"])

    assert (last, middle) == (["c2", "c1", "c0"], ["c5", "c4", "c3"])
    assert (info["hasPreviousPage"], info2["hasPreviousPage"], info2["hasNextPage"]) == (True, True, True)


async def test_a_page_has_twenty_without_a_size_and_none_for_zero(embedded: Firm, reader: str) -> None:
    assert len((await page(embedded, reader))[0]) == 7
    assert (await page(embedded, reader, first=0))[0] == []


@pytest.mark.parametrize("variables", [{"first": 101}, {"first": -1}, {"last": 101}, {"first": 1, "last": 1}])
async def test_sizes_out_of_range_are_refused(embedded: Firm, reader: str, variables: dict[str, int]) -> None:
    answer = await embedded.ask(PAGE, variables, who=reader)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "Zm9v", "%%%", "é", "A" * 5000])
async def test_garbage_cursors_are_a_clear_error(embedded: Firm, reader: str, cursor: str) -> None:
    answer = await embedded.ask(PAGE, {"first": 1, "after": cursor}, who=reader)
    events = await embedded.ask("query($c: String) { events(after: $c) { nodes { id } } }", {"c": cursor}, who=reader)

    assert answer["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"
    assert events["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_a_cursor_of_one_list_does_not_fit_another(embedded: Firm, reader: str) -> None:
    _, info = await page(embedded, reader, first=1)

    answer = await embedded.ask(
        "query($c: String) { ingestions(after: $c) { nodes { id } } }", {"c": info["endCursor"]}, who=reader
    )

    assert answer["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_filters_restrict(embedded: Firm, reader: str) -> None:
    query = "query($f: CustomerFilter) { customers(filter: $f) { nodes { externalId } } }"

    async def ids(**wanted: Any) -> list[str]:
        return [node["externalId"] for node in (await embedded.data(query, {"f": wanted}, who=reader))["customers"]["nodes"]]

    assert await ids(externalId="c3") == ["c3"]
    assert await ids(kycStatus=["VERIFIED"]) == []
    assert len(await ids(kycStatus=["NOT_STARTED", "FAILED"])) == 7
    assert await ids(createdAfter="2999-01-01T00:00:00Z") == []


async def test_events_are_listed_oldest_first_with_their_own_cursors(embedded: Firm, reader: str) -> None:
    query = """query($first: Int, $last: Int, $after: String) { events(first: $first, last: $last, after: $after) {
        edges { cursor node { cursor type customer { externalId } } } pageInfo { hasNextPage hasPreviousPage } } }"""

    head = (await embedded.data(query, {"first": 2}, who=reader))["events"]
    rest = (await embedded.data(query, {"first": 100, "after": head["edges"][-1]["cursor"]}, who=reader))["events"]
    tail = (await embedded.data(query, {"last": 2}, who=reader))["events"]

    names = [edge["node"]["customer"]["externalId"] for edge in head["edges"] + rest["edges"]]
    assert names == [f"c{index}" for index in range(7)]
    assert [edge["node"]["customer"]["externalId"] for edge in tail["edges"]] == ["c5", "c6"]
    assert all(edge["cursor"] == edge["node"]["cursor"] for edge in head["edges"])
    assert head["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
