"""The personal data that a screening searches for: declared by the customer and extracted from verifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.normal import country
from app.domain.normal.name import join
from app.domain.process import KycProcess, ResultStatus
from app.domain.screening import Person
from app.domain.screening.word import words
from app.model import result as result_model
from app.service.customer import customer, declaration, overview
from app.service.dependencies import Dependencies
from app.service.trust import data_key
from app.service.trust.vault import DataKeyCipher
from app.store.db import Session

PERSON = "customer.aml_person"


async def of_customers(
    connection: AsyncConnection | Session, deps: Dependencies, tenant_id: str, rows: Sequence[Any]
) -> dict[str, tuple[Person, DataKeyCipher]]:
    """Returns each customer's personal data and cipher, by id. Omits customers whose data key was destroyed."""
    names = [row.id for row in rows]
    ciphers = await data_key.ciphers(connection, deps.vault, tenant_id, names)
    results: dict[str, list[Any]] = {}
    for result in await overview.newest_results(connection, tenant_id, names):
        results.setdefault(result.customer_id, []).append(result)
    return {row.id: (_person(row, results.get(row.id, ()), ciphers[row.id]), ciphers[row.id]) for row in rows if row.id in ciphers}


def digest(person: Person, cipher: DataKeyCipher) -> str:
    """Returns a keyed digest of the normalised names, birth dates and nationalities. It changes when the identity does."""
    names = sorted({" ".join(sorted(one.text for one in words(name))) for name in person.names})
    return cipher.digest(orjson.dumps([names, sorted(person.births), sorted(person.countries)]), PERSON)


def _person(row: Any, results: Sequence[Any], cipher: DataKeyCipher) -> Person:
    personal = cipher.open_json(row.personal, customer.PERSONAL)
    given = declaration.of(row, cipher)
    names = [
        join(personal.get("firstName"), personal.get("lastName")),
        join(given.legal_first_name, given.legal_middle_name, given.legal_last_name),
    ]
    births = [given.date_of_birth.isoformat() if given.date_of_birth else None]
    countries = [given.nationality]
    documents = [given.national_id_number, *(document.number for document in given.documents)]
    for result in results:
        if result.status != ResultStatus.COMPLETED or result.data is None:
            continue
        data = cipher.open_json(result.data, result_model.SEALED_DATA)
        if result.process == KycProcess.PROFILE:
            names += [data.get("full_name"), data.get("full_name_native")]
            births.append(data.get("birthdate"))
            countries.append(data.get("primary_citizenship"))
        elif result.process == KycProcess.IDENTITY:
            one, document = data.get("person", {}), data.get("document", {})
            names.append(join(one.get("given_name"), one.get("family_name")))
            births.append(one.get("birthdate"))
            documents.append(document.get("number"))
    return Person(_unique(names), _unique(births), _unique(map(country.alpha2, countries)), _unique(documents))


def _unique(values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
