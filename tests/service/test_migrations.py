"""Migrations and tables say the same, on both databases, and running them again changes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import app.model
from app.store import migrate
from tests.make import servers
from tests.make.firm import KEY
from tests.make.process import output


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_is_migrated_is_what_the_tables_say(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/g.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql_server").database()
    before = await migrate.pending(url)
    await migrate.upgrade(url)
    await migrate.upgrade(url)

    def differences(connection: Any) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert app.model.Tenant
    assert (before, await migrate.pending(url)) == (True, False)
    assert found == []


async def test_several_processes_may_migrate_at_once(postgresql_server: servers.PostgreSQL) -> None:
    environment = {
        "GATEHOUSE_DATABASE_URL": postgresql_server.database(),
        "GATEHOUSE_SECRET_KEYS": KEY,
        "GATEHOUSE_BLOB_URL": "file:///tmp",
    }

    done = await asyncio.gather(*(asyncio.to_thread(output, ["db", "upgrade"], environment) for _ in range(3)))

    assert [process.returncode for process in done] == [0, 0, 0], [process.stderr[-500:] for process in done]
    assert not await migrate.pending(environment["GATEHOUSE_DATABASE_URL"])
