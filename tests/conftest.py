"""Fixtures: real servers, started by the suite itself. A test that cannot run here fails in CI; it does not skip."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from app import wiring
from app.clock import SystemClock
from app.service.trust import credential
from app.store import migrate
from app.store.db import transaction
from tasks import pool
from tests.make import browser, servers
from tests.make.desk import Desk
from tests.make.firm import Firm


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[servers.PostgreSQL]:
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.Redis]:
    with servers.redis() as server:
        yield server


@pytest.fixture(scope="module")
def own_redis() -> Iterator[servers.Redis]:
    """A Redis of its own: other tests flush theirs."""
    with servers.redis() as server:
        yield server


@pytest.fixture(scope="session")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Firm]:
    """A gateway with its workers inside, on SQLite, and a twin beside it. Shared: tests count differences."""
    async with Firm.embedded(tmp_path_factory.mktemp("embedded")) as ready:
        yield ready


@pytest.fixture(scope="session")
async def distributed(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: servers.PostgreSQL, redis_server: servers.Redis
) -> AsyncIterator[Firm]:
    """A gateway and a worker on PostgreSQL and Redis, and a twin beside them. Shared like `embedded`."""
    folder = tmp_path_factory.mktemp("distributed")
    async with Firm.distributed(folder, postgresql_server.database(), redis_server.database()) as ready:
        yield ready


@pytest.fixture(params=["embedded", "distributed"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """Both set-ups, for what is shown step by step."""
    if request.param == "embedded":
        made = Firm.embedded(tmp_path)
    else:
        # Nothing is rung here, so no Redis: a database that several could share is what matters.
        database = request.getfixturevalue("postgresql_server").database()
        made = Firm.distributed(tmp_path, database, request.getfixturevalue("redis_server").database())
    await migrate.upgrade(made.settings.database_url)
    async with wiring.opened(made.settings) as opened, pool.work_context(made.settings, opened.deps) as context:
        async with transaction(opened.deps.database) as session:
            tenant_id = await credential.ensure_tenant(session, "default", at=SystemClock().now())
        yield Desk(context, tenant_id, tmp_path)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page of a browser on a desk."""
    async with browser.browsing(viewport={"width": 1400, "height": 900}) as context:
        yield await context.new_page()


@pytest.fixture(params=["embedded", "distributed"])
def firm(request: pytest.FixtureRequest) -> Firm:
    """Both set-ups: the same code, chosen by settings."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests, which have a time limit of their own, run first: what is short fits in beside them."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)
