"""One extraction under way: the payloads, and what is noted beside the values: sources, warnings, invalid fields."""

from __future__ import annotations

import datetime as dt

from app.domain.normal import country, date
from app.domain.process.outcome import Source, Warn
from app.domain.provider import Snapshot
from app.errors import ProcessFault
from providers.sumsub.tree import Tree

APPLICANT, STATUS, STEPS, RESOURCES = "applicant", "status", "steps", "resources"
OLDEST_YEARS = 120


class Extraction:
    def __init__(self, snapshot: Snapshot) -> None:
        self.applicant = Tree.parse(snapshot.payloads.get(APPLICANT))
        self.status = Tree.parse(snapshot.payloads.get(STATUS))
        self.steps = Tree.parse(snapshot.payloads.get(STEPS))
        self.resources = Tree.parse(snapshot.payloads.get(RESOURCES))
        self.today = snapshot.fetched_at.date()
        self.sources: list[Source] = []
        self.warnings: list[Warn] = []
        self.invalid: list[str] = []

    @property
    def declared(self) -> Tree:
        """What the client or the user declared."""
        return self.applicant.at("fixedInfo")

    @property
    def recognised(self) -> Tree:
        """What Sumsub recognised or confirmed."""
        return self.applicant.at("info")

    @property
    def documents(self) -> list[Tree]:
        return list(self.recognised.at("idDocs").items())

    def note(self, field: str, *places: Tree) -> None:
        self.sources += [Source(field, place.path) for place in places if place]

    def warn(self, code: str, message: str) -> None:
        if all(warning.code != code for warning in self.warnings):
            self.warnings.append(Warn(code, message))

    def day(self, field: str, *places: Tree) -> dt.date | None:
        """The first place that holds anything, which then must be a real date."""
        for place in places:
            if place.text:
                found = date.day(place.text)
                if found is None:
                    self.invalid.append(field)
                else:
                    self.note(field, place)
                return found
        return None

    def birthdate(self, field: str, *places: Tree) -> dt.date | None:
        found = self.day(field, *places)
        if found and (found > self.today or date.age(found, self.today) > OLDEST_YEARS):
            self.invalid.append(field)
        return found

    def country(self, field: str, *places: Tree) -> str | None:
        """Alpha-2 of the first place that names a country of today."""
        for place in places:
            found = country.alpha2(place.value)
            if found:
                self.note(field, place)
                return found
        return None

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

    def refuse_invalid(self, what: str) -> None:
        """Raises `provider_data_invalid` naming every field that was found wanting."""
        if self.invalid:
            fields = sorted(set(self.invalid))
            raise ProcessFault(
                "provider_data_invalid",
                f"{what} from Sumsub is incomplete or invalid: {', '.join(fields)}.",
                "Have the applicant's data corrected at Sumsub, then create a new ingestion.",
                details={"fields": fields},
            )


def not_available(what: str, hint: str) -> ProcessFault:
    return ProcessFault("provider_data_not_available", f"The Sumsub applicant holds no {what}.", hint)
