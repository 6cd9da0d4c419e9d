"""The state of one extraction, common to all vendors: sources, warnings and invalid fields."""

from __future__ import annotations

import datetime as dt

from app.domain.normal import country, date
from app.domain.process.outcome import Source, Warn
from app.errors import ProcessFault
from providers.tree import Tree

OLDEST_YEARS = 120


class Extraction:
    """One extraction. `vendor` is the vendor's name in messages, `holder` the vendor's word for a verification."""

    vendor: str
    holder: str

    def __init__(self, fetched_at: dt.datetime) -> None:
        self.today = fetched_at.date()
        self.sources: list[Source] = []
        self.warnings: list[Warn] = []
        self.invalid: list[str] = []

    def note(self, field: str, *places: Tree) -> None:
        self.sources += [Source(field, place.path) for place in places if place]

    def warn(self, code: str, message: str) -> None:
        if all(warning.code != code for warning in self.warnings):
            self.warnings.append(Warn(code, message))

    def day(self, field: str, *places: Tree) -> dt.date | None:
        """Returns the date of the first place that has text. Marks the field invalid if that text is not a real date."""
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
        """Returns the alpha-2 code of the first place that names a current country."""
        for place in places:
            found = country.alpha2(place.value)
            if found:
                self.note(field, place)
                return found
        return None

    def refuse_invalid(self, what: str) -> None:
        """Raises `provider_data_invalid` with the name of every missing or invalid field."""
        if self.invalid:
            fields = sorted(set(self.invalid))
            raise ProcessFault(
                "provider_data_invalid",
                f"{what} from {self.vendor} is incomplete or invalid: {', '.join(fields)}.",
                f"Have the {self.holder}'s data corrected at {self.vendor}, then create a new ingestion.",
                details={"fields": fields},
            )

    def not_available(self, what: str, hint: str) -> ProcessFault:
        return ProcessFault("provider_data_not_available", f"The {self.vendor} {self.holder} holds no {what}.", hint)
