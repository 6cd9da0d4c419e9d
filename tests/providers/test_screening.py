"""The vendors' own screening in our words, from their documents: what is a hit, what is none, and what has not been answered."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.aml import Screened
from app.domain.reference import Reference
from providers.sumsub import screening as sumsub
from providers.tree import Tree
from providers.veriff import screening as veriff

CASE: dict[str, Any] = {
    "id": "case-1", "createdAt": "2026-11-20 10:00:00", "targetEntityType": "applicant", "vendorAttribution": "complyAdvantage",
    "ongoingMonitoring": {"enabled": True}, "riskLabels": ["pep", "adverseMedia"],
}  # fmt: skip
MATCH: dict[str, Any] = {
    "matchedName": "Iria Vale", "countries": ["ES"], "dateOfBirth": "1991", "dateOfDeath": None, "matchTypes": ["name_exact"], "aka": [],
    "listingsRelatedToMatch": {"warnings": [], "sanctions": [{"sourceName": "A list", "sourceUrl": "https://example.com", "date": None}],
                               "fitnessProbity": [], "pep": [{"sourceName": "B"}], "adverseMedia": []},
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "screened", "hits"),
    [
        ({}, Screened.RUNNING, 0),
        ({"review": None, "hits": None}, Screened.RUNNING, 0),
        ({"review": {"answer": "BLUE"}, "hits": [{"id": 1}]}, Screened.RUNNING, 0),
        ({"review": {"answer": "GREEN"}, "hits": []}, Screened.CLEAR, 0),
        ({"review": {"answer": "GREEN"}}, Screened.CLEAR, 0),
        ({"review": {"answer": "GREEN"}, "hits": [{"id": "h", "name": "X"}]}, Screened.HITS, 1),
        ({"review": {"answer": "YELLOW"}, "hits": [{"id": "h"}, {"id": 7, "name": "Y"}]}, Screened.HITS, 2),
        ({"review": {"answer": "RED"}, "hits": None}, Screened.HITS, 1),
    ],
)
def test_sumsubs_case(case: dict[str, Any], screened: Screened, hits: int) -> None:
    found = sumsub.read(Tree({**CASE, **case}))

    assert (found.screened, len(found.hits)) == (screened, hits)
    assert found.algorithm == "complyAdvantage"


def test_sumsubs_hits_keep_what_came_and_their_kind() -> None:
    named = {"id": "h1", "name": "IRIA VALE", "matchTypes": ["sanction", "new-kind"], "score": 0.93, "more": {"x": 1}}
    one, other = sumsub.read(Tree({**CASE, "review": {"answer": "RED"}, "hits": [named, {"id": 2, "score": 87}]})).hits
    (whole,) = sumsub.read(Tree({**CASE, "review": {"answer": "YELLOW"}})).hits

    assert (one.key, one.name, one.topics, one.score) == ("h1", "IRIA VALE", ("sanctions", "other"), 0.93)
    assert one.details["record"] == named
    assert (other.key, other.topics, other.score) == ("2", ("pep", "adverse_media"), None)
    assert (whole.key, whole.topics) == ("case:case-1", ("pep", "adverse_media"))


def test_sumsubs_refusal_for_being_listed_is_a_hit() -> None:
    found = sumsub.listed_by_refusal(Reference("app-1"), ["FORGERY", "SANCTIONS", "PEP"])

    assert [(hit.key, hit.topics) for hit in found] == [("app-1:SANCTIONS", ("sanctions",)), ("app-1:PEP", ("pep",))]
    assert sumsub.listed_by_refusal(Reference("app-1"), ["FORGERY"]) == ()


@pytest.mark.parametrize(
    ("data", "screened", "hits"),
    [
        ({}, Screened.RUNNING, 0),
        ({"matchStatus": "pending"}, Screened.RUNNING, 0),
        ({"matchStatus": "no_match", "hits": []}, Screened.CLEAR, 0),
        ({"matchStatus": "no_match", "hits": [MATCH]}, Screened.HITS, 1),
        ({"matchStatus": "possible_match", "hits": [MATCH]}, Screened.HITS, 1),
        ({"matchStatus": "possible_match", "hits": []}, Screened.HITS, 1),
    ],
)
def test_veriffs_watch_lists(data: dict[str, Any], screened: Screened, hits: int) -> None:
    found = veriff.read(Tree({"status": "success", "data": data}))

    assert (found.screened, len(found.hits)) == (screened, hits)


def test_veriffs_hit_is_known_by_who_it_is_and_its_digest_by_what_is_told() -> None:
    def hit(**more: Any) -> Any:
        return veriff.read(Tree({"data": {"matchStatus": "possible_match", "hits": [{**MATCH, **more}]}})).hits[0]

    assert (hit().name, hit().topics) == ("Iria Vale", ("sanctions", "pep"))
    assert hit().key == hit(aka=["Another"]).key
    assert hit().digest != hit(aka=["Another"]).digest
    assert hit().key != hit(dateOfBirth="1970").key
