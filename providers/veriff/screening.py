"""Veriff's watch-list screening as our report.

Source: devdocs.veriff.com, watch-list screening: `matchStatus`, and `hits` with the reasons for each listing. A hit has no id.
"""

from __future__ import annotations

from app.domain.aml import Screened
from app.domain.screening import Hit, Report, Topic
from providers import listing
from providers.tree import Tree

LIST = "Veriff watch lists"
STATUSES = {"no_match": Screened.CLEAR, "possible_match": Screened.HITS}
TOPICS = {
    "sanctions": Topic.SANCTIONS, "sanction": Topic.SANCTIONS, "pep": Topic.PEP, "adverseMedia": Topic.ADVERSE_MEDIA,
    "fitnessProbity": Topic.FITNESS_PROBITY, "warnings": Topic.WARNING, "warning": Topic.WARNING,
}  # fmt: skip


def read(answer: Tree) -> Report:
    """Returns the report of a screening. An unknown or missing status counts as still running."""
    data = answer.at("data")
    screened = STATUSES.get(data.at("matchStatus").text or "", Screened.RUNNING)
    hits = tuple(_hit(found) for found in data.at("hits").items())
    if screened is Screened.CLEAR and hits:
        screened = Screened.HITS
    if screened is Screened.HITS and not hits:
        hits = (listing.hit(LIST, Tree({"matchStatus": "possible_match"}), key="possible_match", known_as="", on=()),)
    return Report(screened, hits if screened is Screened.HITS else ())


def _hit(found: Tree) -> Hit:
    """Returns a hit. Its key is a digest of name, birthdate and countries, because its other fields may change."""
    person = [found.at("matchedName").text, found.at("dateOfBirth").text, sorted(filter(None, _texts(found.at("countries"))))]
    listings = [name for name, entries in found.at("listingsRelatedToMatch").fields() if entries]
    on = listing.topics(listings or _texts(found.at("matchTypes")), TOPICS)
    return listing.hit(LIST, found, key=listing.digest(person), known_as=found.at("matchedName").text or "", on=on)


def _texts(tree: Tree) -> list[str | None]:
    return [found.text for found in tree.items()]
