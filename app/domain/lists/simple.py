"""OpenSanctions' `targets.simple.csv`: one target in a row, several values in a cell joined by semicolons.

Source: opensanctions.org, simplified tabular format. Older copies lack columns, so cells are read by the header's names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from app.domain.lists import opensanctions
from app.domain.lists.fault import ListFault, unique
from app.domain.screening import Topic
from app.domain.screening.entry import Entry

NEEDED = ("id", "schema", "name", "aliases", "birth_date", "countries", "identifiers", "dataset")
PEOPLE = frozenset({"Person", "LegalEntity"})
PAGE = "https://www.opensanctions.org/entities/"


def read(path: Path) -> Iterator[Entry | None]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise ListFault(f"the header lacks {', '.join(missing)}", 1)
        for row in reader:
            if None in row or None in row.values():
                raise ListFault("the row does not have as many cells as the header; is the file cut off?", reader.line_num)
            if not row["id"] or not row["name"]:
                raise ListFault("a target without id or name", reader.line_num)
            yield _person(row) if row["schema"] in PEOPLE else None


def _person(row: dict[str, str]) -> Entry:
    return Entry(
        row["id"],
        unique(row["name"], *_values(row["aliases"])),
        births=opensanctions.births(_values(row["birth_date"])),
        countries=opensanctions.countries(_values(row["countries"])),
        documents=unique(*_values(row["identifiers"])),
        topics=_topics(row),
        programs=unique(*_values(row.get("program_ids", ""))),
        source=PAGE + row["id"],
    )


def _topics(row: dict[str, str]) -> tuple[str, ...]:
    """Derives topics: the format has none, but marks sanctions, and lists of politicians are named so."""
    if row.get("sanctions") or row.get("program_ids"):
        return (Topic.SANCTIONS,)
    return (Topic.PEP,) if "pep" in row["dataset"].lower() or "politic" in row["dataset"].lower() else (Topic.OTHER,)


def _values(cell: str) -> list[str]:
    """Splits at semicolons; a value that holds one is quoted."""
    return next(csv.reader([cell.replace("\n", " ")], delimiter=";", skipinitialspace=True), []) if cell else []
