"""Tables over enums are complete: a new member of an enum fails here until every table says what it means there."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from tests.test_imports import modules

# Tables that leave members out on purpose, each with the reason.
PARTIAL = {
    "app.domain.lifecycle.REFUSALS": "the statuses left out refuse nothing",
    "app.domain.customer._BY_KYC": "VERIFIED depends on the screening, which _BY_AML decides",
    "app.domain.overview.SAME_TYPE": "proofs of address are not identity documents",
    "app.service.ingestion.source.FIELD": "sessions are checked one by one",
    "app.service.ingestion.source.LIMIT": "sessions are checked one by one",
    "app.service.screening.screening.WANTED": "customers of other statuses are not screened",
    "providers.sumsub.action.HANDLERS": "actions that Sumsub does not offer",
    "providers.sumsub.adapter.RECORDS": "records that only Veriff keeps",
    "providers.sumsub.twin.desk.REFUSALS": "faults that are not refusals",
    "providers.veriff.action.HANDLERS": "actions that Veriff does not offer",
    "providers.veriff.adapter.RECORDS": "records that only Sumsub keeps",
    "providers.veriff.start.TYPES": "Veriff takes identity documents alone",
    "providers.veriff.state.REJECTED": "stages that reject nothing",
}


def tables() -> Iterator[tuple[str, Mapping[Any, Any], type[Enum]]]:
    """Yields each module-level mapping whose keys are members of one enum, under every name it is bound to."""
    for module in modules():
        for name, value in vars(importlib.import_module(module)).items():
            if isinstance(value, Mapping) and value and len({type(key) for key in value}) == 1:
                kind = type(next(iter(value)))
                if issubclass(kind, Enum):
                    yield f"{module}.{name}", value, kind


def test_every_table_over_an_enum_names_each_of_its_members() -> None:
    found = list(tables())
    partial = {id(table): name for name, table, _ in found if name in PARTIAL}

    assert set(partial.values()) == set(PARTIAL), "a table that is gone has no reason to be partial"
    assert len(found) > 40
    lacking = [
        f"{name} lacks {', '.join(sorted(str(member) for member in set(kind) - set(table)))}"
        for name, table, kind in found
        if id(table) not in partial and set(table) != set(kind)
    ]
    assert lacking == [], "say what the new member means in this table"
    complete = [name for name, table, kind in found if name in PARTIAL and set(table) == set(kind)]
    assert complete == [], "the table is complete: take it off the list"
