"""Mapping of Sumsub's own screening to reports and hits.

Source: docs.sumsub.com, AML case: `review.answer` is GREEN, YELLOW or RED, `hits` holds the matches and `riskLabels` their kinds.
Reject labels of applicants refused for being listed become hits too. Sumsub documents few fields of a hit, so all are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.aml import Screened
from app.domain.reference import Reference
from app.domain.screening import Hit, Report, Topic
from providers import listing
from providers.tree import Tree

LIST = "Sumsub AML"
ANSWERS = {"YELLOW": Screened.HITS, "RED": Screened.HITS}
TOPICS = {
    "sanctions": Topic.SANCTIONS, "sanction": Topic.SANCTIONS, "pep": Topic.PEP, "adverseMedia": Topic.ADVERSE_MEDIA,
    "adverse-media": Topic.ADVERSE_MEDIA, "terrorism": Topic.TERRORISM, "crime": Topic.CRIME,
    "fitnessProbity": Topic.FITNESS_PROBITY, "fitness-probity": Topic.FITNESS_PROBITY, "warning": Topic.WARNING,
}  # fmt: skip
LABELS = {
    "SANCTIONS": Topic.SANCTIONS, "PEP": Topic.PEP, "CRIMINAL": Topic.CRIME, "ADVERSE_MEDIA": Topic.ADVERSE_MEDIA,
    "COMPROMISED_PERSONS": Topic.WARNING,
}  # fmt: skip
KINDS = ("types", "matchTypes", "riskLabels", "labels", "categories")


def read(case: Tree) -> Report:
    """Returns the report of an AML case. A case without an answer is still running. GREEN with hits is not clear, because our
    reviewers judge every hit."""
    hits = tuple(_hit(case, found) for found in case.at("hits").items())
    answer = case.at("review", "answer").text
    screened = ANSWERS.get(answer or "", Screened.RUNNING)
    if answer == "GREEN":
        screened = Screened.HITS if hits else Screened.CLEAR
    if screened is Screened.HITS and not hits:
        hits = (_whole(case, answer or ""),)
    return Report(screened, hits if screened is Screened.HITS else (), algorithm=_vendor(case))


def _vendor(case: Tree) -> str | None:
    return case.at("vendorAttribution").text or case.at("screeningVendor").text


def _risks(case: Tree) -> list[str | None]:
    return [found.text for found in case.at("riskLabels").items()]


def _hit(case: Tree, found: Tree) -> Hit:
    kinds = [word.text for key in KINDS for word in found.at(key).items()] or _risks(case)
    score = found.at("score").value if isinstance(found.at("score").value, (int, float)) else None
    share = score if score is not None and 0 <= score <= 1 else None
    on = listing.topics(kinds, TOPICS)
    return listing.hit(LIST, found, key=found.at("id").id, known_as=found.at("name").text or "", on=on, score=share)


def _whole(case: Tree, answer: str) -> Hit:
    """Returns the case itself as a hit. Used if the answer reports hits but lists none."""
    known = Tree({"answer": answer, "riskLabels": sorted(filter(None, _risks(case)))})
    return listing.hit(LIST, known, key=f"case:{case.at('id').id}", known_as="", on=listing.topics(_risks(case), TOPICS))


def listed_by_refusal(reference: Reference, labels: Sequence[str]) -> tuple[Hit, ...]:
    return tuple(listing.label(LIST, reference.id, word, LABELS[word]) for word in labels if word in LABELS)
