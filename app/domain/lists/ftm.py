"""FollowTheMoney JSON lines: one entity in a line, each property a list of texts.

Source: followthemoney.tech, Person and its properties. Sanctions, addresses and papers that are entities of their own are not
joined: what is on the person itself is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from app.domain.lists import opensanctions
from app.domain.lists.fault import ListFault, unique
from app.domain.screening.entry import Entry

PEOPLE = frozenset({"Person", "LegalEntity"})
COUNTRIES = ("nationality", "citizenship", "country", "birthCountry")
PAPERS = ("idNumber", "passportNumber", "taxNumber", "innCode", "socialSecurityNumber", "registrationNumber")
GIVEN, FAMILY = ("firstName", "secondName", "middleName"), ("fatherName", "lastName")


def read(path: Path) -> Iterator[Entry | None]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                entity = orjson.loads(line)
            except orjson.JSONDecodeError:
                raise ListFault("not JSON; is the file cut off?", number) from None
            properties = entity.get("properties") if isinstance(entity, dict) else None
            if not isinstance(properties, dict) or not isinstance(entity.get("id"), str):
                raise ListFault("not an entity with id and properties", number)
            if entity.get("schema") not in PEOPLE:
                yield None
                continue
            found = _person(entity, properties)
            if found is None:
                raise ListFault("a person without a name", number)
            yield found


def _person(entity: dict[str, Any], properties: dict[str, Any]) -> Entry | None:
    def texts(*names: str) -> tuple[str, ...]:
        return unique(*(text for name in names for text in _listed(properties.get(name))))

    parts = texts(*GIVEN), texts(*FAMILY)
    whole = " ".join((*parts[0], *parts[1])) if all(parts) else None
    names = unique(*texts("name", "alias", "previousName"), whole) or unique(entity.get("caption"))
    if not names:
        return None
    return Entry(
        entity["id"],
        names,
        weak=texts("weakAlias"),
        births=opensanctions.births(texts("birthDate")),
        countries=opensanctions.countries(texts(*COUNTRIES)),
        documents=texts(*PAPERS),
        topics=opensanctions.topics(texts("topics")),
        programs=texts("programId", "program"),
        source=next(iter(texts("sourceUrl")), None),
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
