"""Loaders: one query reads the rows that many objects of a response need. Each batch opens its own short connection.

Named by result and key. A loader sees one tenant only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from strawberry.dataloader import DataLoader

from app.domain.overview import FingerprintKind
from app.service.customer import customer, fingerprint, lifecycle, overview
from app.service.dependencies import Dependencies
from app.service.document import upload
from app.service.ingestion import ingestion
from app.service.screening import aml_decision, hit, screening
from app.service.start import start
from app.service.trust import data_key
from app.service.trust.vault import DataKeyCipher
from app.service.verification import action, verification


class Loaders:
    def __init__(self, deps: Dependencies, tenant_id: str) -> None:
        self._deps = deps
        self._tenant_id = tenant_id
        self.customer_by_id: DataLoader[str, Any | None] = DataLoader(self._customers)
        self.ingestion_by_id: DataLoader[str, Any | None] = DataLoader(self._ingestions)
        self.results_by_ingestion: DataLoader[str, list[Any]] = DataLoader(self._results)
        self.details_by_ingestion: DataLoader[str, list[Any]] = DataLoader(self._details)
        self.files_by_ingestion: DataLoader[str, list[Any]] = DataLoader(self._files)
        self.file_by_id: DataLoader[str, Any | None] = DataLoader(self._files_by_id)
        self.upload_by_id: DataLoader[str, Any | None] = DataLoader(self._uploads)
        self.file_by_upload: DataLoader[str, Any | None] = DataLoader(self._files_by_upload)
        self.start_by_id: DataLoader[str, Any | None] = DataLoader(self._starts, cache=False)
        self.verification_by_id: DataLoader[str, Any | None] = DataLoader(self._verifications)
        self.verification_by_customer: DataLoader[str, Any | None] = DataLoader(self._newest_verifications)
        self.actions_by_verification: DataLoader[str, list[Any]] = DataLoader(self._actions)
        self.newest_results_by_customer: DataLoader[str, list[Any]] = DataLoader(self._newest_results)
        self.duplicates_by_customer: DataLoader[str, Collection[FingerprintKind]] = DataLoader(self._duplicates)
        self.changes_by_customer: DataLoader[str, list[Any]] = DataLoader(self._changes)
        self.hit_by_id: DataLoader[str, Any | None] = DataLoader(self._hits_by_id, cache=False)
        self.hits_by_customer: DataLoader[str, list[Any]] = DataLoader(self._hits)
        self.checks_by_customer: DataLoader[str, list[Any]] = DataLoader(self._checks)
        self.decisions_by_customer: DataLoader[str, list[Any]] = DataLoader(self._decisions)
        self.cipher_by_customer: DataLoader[str, DataKeyCipher | None] = DataLoader(self._ciphers)

    async def _customers(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            return _ordered(keys, await customer.by_ids(connection, self._tenant_id, keys))

    async def _ingestions(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            return _ordered(keys, await ingestion.by_ids(connection, self._tenant_id, keys))

    async def _results(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            return _grouped(keys, await ingestion.results(connection, self._tenant_id, keys))

    async def _details(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            return _grouped(keys, await ingestion.details(connection, self._tenant_id, keys))

    async def _files(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            return _grouped(keys, await ingestion.files(connection, self._tenant_id, keys))

    async def _files_by_id(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            return _ordered(keys, await ingestion.files_by_ids(connection, self._tenant_id, keys))

    async def _uploads(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            return _ordered(keys, await upload.by_ids(connection, self._tenant_id, keys))

    async def _files_by_upload(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            found = {row.upload_id: row for row in await upload.files(connection, self._tenant_id, keys)}
        return [found.get(key) for key in keys]

    async def _starts(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            return _ordered(keys, await start.by_ids(connection, self._tenant_id, keys))

    async def _verifications(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            return _ordered(keys, await verification.by_ids(connection, self._tenant_id, keys))

    async def _newest_verifications(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            found = await verification.newest(connection, self._tenant_id, keys)
        by_customer = {row.customer_id: row for row in found}
        return [by_customer.get(key) for key in keys]

    async def _actions(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            rows = await action.of_verifications(connection, self._tenant_id, keys)
        return [[row for row in rows if row.verification_id == key] for key in keys]

    async def _newest_results(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            rows = await overview.newest_results(connection, self._tenant_id, keys)
        return _of_customers(keys, rows)

    async def _duplicates(self, keys: Sequence[str]) -> list[Collection[FingerprintKind]]:
        async with self._deps.database.reading() as connection:
            found = await fingerprint.duplicates(connection, self._tenant_id, keys)
        return [found.get(key, ()) for key in keys]

    async def _changes(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            return _of_customers(keys, await lifecycle.changes(connection, self._tenant_id, keys))

    async def _hits_by_id(self, keys: Sequence[str]) -> list[Any | None]:
        async with self._deps.database.reading() as connection:
            return _ordered(keys, await hit.by_ids(connection, self._tenant_id, keys))

    async def _hits(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            return _of_customers(keys, await hit.of_customers(connection, self._tenant_id, keys))

    async def _checks(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            return _of_customers(keys, await screening.of_customers(connection, self._tenant_id, keys))

    async def _decisions(self, keys: Sequence[str]) -> list[list[Any]]:
        async with self._deps.database.reading() as connection:
            return _of_customers(keys, await aml_decision.decisions(connection, self._tenant_id, keys))

    async def _ciphers(self, keys: Sequence[str]) -> list[DataKeyCipher | None]:
        async with self._deps.database.reading() as connection:
            found = await data_key.ciphers(connection, self._deps.vault, self._tenant_id, keys)
        return [found.get(key) for key in keys]


def _ordered(keys: Sequence[str], rows: Sequence[Any]) -> list[Any | None]:
    found = {row.id: row for row in rows}
    return [found.get(key) for key in keys]


def _grouped(keys: Sequence[str], rows: Sequence[Any]) -> list[list[Any]]:
    return _by("ingestion_id", keys, rows)


def _of_customers(keys: Sequence[str], rows: Sequence[Any]) -> list[list[Any]]:
    return _by("customer_id", keys, rows)


def _by(column: str, keys: Sequence[str], rows: Sequence[Any]) -> list[list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return [found[key] for key in keys]
