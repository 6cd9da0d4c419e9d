"""Extraction from an applicant's payloads."""

from __future__ import annotations

import datetime as dt

from app.domain.normal import date
from app.domain.provider import Snapshot
from providers import extraction
from providers.tree import Tree

APPLICANT, STATUS, STEPS, RESOURCES, MODERATION = "applicant", "status", "steps", "resources", "moderation"


class Extraction(extraction.Extraction):
    vendor, holder = "Sumsub", "applicant"

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot.fetched_at)
        self.applicant = Tree.parse(snapshot.payloads.get(APPLICANT))
        self.status = Tree.parse(snapshot.payloads.get(STATUS))
        self.steps = Tree.parse(snapshot.payloads.get(STEPS))
        self.resources = Tree.parse(snapshot.payloads.get(RESOURCES))

    @property
    def declared(self) -> Tree:
        """Returns the data that the tenant or the applicant declared."""
        return self.applicant.at("fixedInfo")

    @property
    def recognised(self) -> Tree:
        """Returns the data that Sumsub recognised or confirmed."""
        return self.applicant.at("info")

    @property
    def documents(self) -> list[Tree]:
        return list(self.recognised.at("idDocs").items())

    def verified_at(self) -> dt.datetime | None:
        review = self.applicant.at("review")
        for place in (review.at("reviewDate"), self.status.at("reviewDate")):
            found = date.moment(place.value)
            if found:
                self.note("verifiedAt", place)
                return found
        created = date.moment(review.at("createDate").value)
        if created:
            self.note("verifiedAt", review.at("createDate"))
            self.warn("verified_at_inferred", "The date of the verdict is missing; the date the review began is given.")
        return created
