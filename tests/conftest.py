"""Fixtures: real servers, started by the suite itself. A test that cannot run here fails in CI; it does not skip."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.make import servers
from tests.make.firm import Firm


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[servers.PostgreSQL]:
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.Redis]:
    with servers.redis() as server:
        yield server


@pytest.fixture(params=["embedded", "distributed"])
async def firm(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Firm]:
    """A gateway in this process with a twin beside it: embedded, and on PostgreSQL with Redis and a worker."""
    if request.param == "embedded":
        opened = Firm.embedded(tmp_path)
    else:
        postgresql = request.getfixturevalue("postgresql_server")
        redis = request.getfixturevalue("redis_server")
        opened = Firm.distributed(tmp_path, postgresql.database(), redis.database())
    async with opened as ready:
        yield ready


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Firm]:
    async with Firm.embedded(tmp_path) as ready:
        yield ready
