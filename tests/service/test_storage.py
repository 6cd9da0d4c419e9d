"""The database's promises: group commit, gapless numbers, claims and fences, the shared budget, on both databases."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from app.clock import SystemClock
from app.domain.event import EventType, NewEvent
from app.domain.ingestion import SourceKind
from app.domain.process import KycProcess
from app.domain.provider import CallKind, Capabilities, ProviderName
from app.errors import StaleFence
from app.model import ingestion as ingestion_model
from app.model.event import Event
from app.model.ingestion import Ingestion
from app.model.tenant import Tenant
from app.notify import background
from app.notify.wakeup import RUN_INGESTION
from app.service import consistency, event
from app.service.customer import customer
from app.service.dependencies import Dependencies
from app.service.ingestion import claim, ingestion
from app.service.ingestion.source import Source
from app.service.trust import credential
from app.service.trust.vault import Vault
from app.service.work import budget, lease
from app.store import db, migrate
from app.store.db import transaction
from tasks import relay
from tests.make import servers

OFFERED = {ProviderName.SUMSUB: Capabilities(ProviderName.SUMSUB, tuple(KycProcess), tuple(SourceKind))}


@pytest.fixture(params=["sqlite", "postgresql"])
async def deps(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Dependencies]:
    url = f"sqlite+aiosqlite:///{tmp_path}/g.db"
    if request.param == "postgresql":
        server: servers.PostgreSQL = request.getfixturevalue("postgresql_server")
        url = server.database()
    await migrate.upgrade(url)
    database = db.Database(url, write_events=event.write)
    yield Dependencies(database, Vault([b"k" * 32]), SystemClock())
    await database.close()


@pytest.fixture
async def tenant(deps: Dependencies) -> str:
    async with transaction(deps.database) as session:
        return await credential.ensure_tenant(session, "t", at=deps.clock.now())


async def queued(deps: Dependencies, tenant: str) -> str:
    owner = await customer.create(deps, tenant, customer.NewCustomer("a@b.co", "A"))
    new = ingestion.NewIngestion(owner, Source(ProviderName.SUMSUB, SourceKind.SHARE_TOKEN, "token"), (KycProcess.PROFILE,))
    return await ingestion.create(deps, tenant, new, OFFERED)


async def test_numbers_follow_commits_without_gaps_whoever_writes(deps: Dependencies, tenant: str) -> None:
    seen: list[int] = []
    done = asyncio.Event()

    async def writer(index: int) -> None:
        for number in range(10):
            try:
                async with transaction(deps.database) as session:
                    session.record(NewEvent(EventType.CUSTOMER_CREATED, tenant, data={"w": index}))
                    await asyncio.sleep(0.001 * (index % 3))
                    if number % 5 == 4:
                        raise RuntimeError("this unit takes nobody with it")
            except RuntimeError:
                pass

    async def reader() -> None:
        last = 0
        while not done.is_set() or last < 160:
            async with deps.database.reading() as connection:
                rows = await event.after(connection, tenant, last, limit=50)
            seen.extend(row.seq for row in rows)
            last = seen[-1] if seen else 0
            await asyncio.sleep(0.001)

    reading = asyncio.create_task(reader())
    await asyncio.gather(*(writer(index) for index in range(20)))
    done.set()
    await asyncio.wait_for(reading, 20)

    assert seen == list(range(1, 161))


async def test_a_failed_unit_leaves_nothing_and_its_neighbours_everything(deps: Dependencies) -> None:
    async def unit(name: str, *, fails: bool) -> None:
        async with transaction(deps.database) as session:
            await session.execute(insert(Tenant).values(id=name, name=name, event_seq=0, epoch=1, created_at=deps.clock.now()))
            if fails:
                raise RuntimeError

    results = await asyncio.gather(*(unit(f"t{i}", fails=i % 2 == 0) for i in range(20)), return_exceptions=True)

    async with deps.database.reading() as connection:
        kept = {row.id for row in await connection.execute(select(Tenant.id))}
    assert kept == {f"t{i}" for i in range(1, 20, 2)}
    assert sum(isinstance(result, RuntimeError) for result in results) == 10


async def test_units_cancelled_while_they_begin_leave_no_transaction_behind(deps: Dependencies) -> None:
    async def unit(name: str) -> None:
        async with transaction(deps.database) as session:
            await session.execute(insert(Tenant).values(id=name, name=name, event_seq=0, epoch=1, created_at=deps.clock.now()))

    for number in range(60):
        task = asyncio.create_task(unit(f"gone{number}"))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        await unit(f"kept{number}")

    async with deps.database.reading() as connection:
        kept = [row.id for row in await connection.execute(select(Tenant.id)) if row.id.startswith("kept")]
    assert len(kept) == 60


async def test_a_cancelled_unit_holds_nobody_up(deps: Dependencies) -> None:
    async def stuck() -> None:
        async with transaction(deps.database) as session:
            await session.execute(select(Tenant.id))
            await asyncio.sleep(60)

    task = asyncio.create_task(stuck())
    await asyncio.sleep(0.05)
    task.cancel()
    async with asyncio.timeout(5):
        async with transaction(deps.database) as session:
            await credential.ensure_tenant(session, "after", at=deps.clock.now())


async def test_one_of_many_claims_wins_and_says_whether_the_token_may_be_spent(deps: Dependencies, tenant: str) -> None:
    ingestion_id = await queued(deps, tenant)

    first = await asyncio.gather(*(claim.claim(deps, ingestion_id, lease_seconds=0.3) for _ in range(10)))
    await asyncio.sleep(0.5)
    second = await claim.claim(deps, ingestion_id, lease_seconds=5)

    (winner,) = [row for row in first if row is not None]
    assert winner.intent_at is None
    assert second is not None
    assert second.intent_at is not None
    assert (second.fence, second.attempts) == (1, 1)


async def test_a_worker_that_lost_its_lease_can_write_nothing(deps: Dependencies, tenant: str) -> None:
    ingestion_id = await queued(deps, tenant)
    slow = await claim.claim(deps, ingestion_id, lease_seconds=0.1)
    await asyncio.sleep(0.2)
    quick = await claim.claim(deps, ingestion_id, lease_seconds=5)
    assert slow is not None
    assert quick is not None

    with pytest.raises(StaleFence):
        async with transaction(deps.database) as session:
            await ingestion_model.write(session, ingestion_id, fence=slow.fence + 1, provider_reference="zombie")

    async with deps.database.reading() as connection:
        row = (await connection.execute(text("SELECT provider_reference FROM ingestion"))).one()
    assert row.provider_reference is None


async def test_a_row_that_was_given_back_is_not_leased_again_by_a_late_renewal(deps: Dependencies, tenant: str) -> None:
    ingestion_id = await queued(deps, tenant)
    row = await claim.claim(deps, ingestion_id, lease_seconds=5)
    assert row is not None

    async def held() -> None:
        async with lease.leased(deps.database, Ingestion, ingestion_id, fence=row.fence + 1, lease_seconds=0.3):
            await asyncio.sleep(0.5)
            async with transaction(deps.database) as session:
                await claim.release(session, row, fence=row.fence + 1, after=0)
            await asyncio.sleep(5)

    with pytest.raises(StaleFence):
        await held()

    assert await claim.claim(deps, ingestion_id, lease_seconds=5) is not None


async def test_the_relay_finds_what_nobody_heard_and_rings_once_in_a_while(deps: Dependencies, tenant: str) -> None:
    ingestion_id = await queued(deps, tenant)

    woken_lately = await lease.due(deps.database)
    async with transaction(deps.database) as session:
        await session.execute(text("UPDATE ingestion SET wake_at = due_at"))
    lost = await lease.due(deps.database)
    again = await lease.due(deps.database)

    assert (woken_lately, lost, again) == ([], [(RUN_INGESTION, ingestion_id)], [])


async def test_a_long_backlog_stays_in_the_database_and_is_rung_for_once_there_is_room(deps: Dependencies, tenant: str) -> None:
    waiting = relay.ENOUGH
    woken: list[tuple[str, str]] = []
    ingestion_id = await queued(deps, tenant)
    async with transaction(deps.database) as session:
        await session.execute(text("UPDATE ingestion SET wake_at = due_at"))

    async def nothing() -> None:
        return

    relaying = asyncio.create_task(relay.run(deps, woken.extend, lambda: waiting, nothing))
    await asyncio.sleep(0.7)
    held_back = list(woken)
    waiting = 0
    await asyncio.sleep(0.9)
    await background.end(relaying)

    assert held_back == []
    assert woken == [(RUN_INGESTION, ingestion_id)]


async def test_consistency_rules_hold_and_notice_what_is_broken(deps: Dependencies, tenant: str) -> None:
    ingestion_id = await queued(deps, tenant)
    async with deps.database.reading() as connection:
        assert await consistency.broken(connection) == {}
    async with transaction(deps.database) as session:
        await session.execute(text("UPDATE tenant SET event_seq = event_seq + 1"))
        await session.execute(text("UPDATE ingestion SET status = 'FINISHED'"))

    async with deps.database.reading() as connection:
        broken: dict[str, Any] = await consistency.broken(connection)

    assert [tenant] in broken.values()
    assert [ingestion_id] in broken.values()
    assert len(broken) == 4


async def test_events_hold_nothing_personal(deps: Dependencies, tenant: str) -> None:
    await customer.create(deps, tenant, customer.NewCustomer("secret.person@example.com", "Secretname", "Surnamesecret"))

    async with deps.database.reading() as connection:
        rows = [
            tuple(row)
            for table in ("event", "customer", "ingestion")
            for row in await connection.execute(text(f"SELECT * FROM {table}"))
        ]
        events = (await connection.execute(select(Event.data))).all()

    assert len(events) == 1
    assert not any(word in str(rows) for word in ("secret.person", "Secretname", "Surnamesecret"))


async def test_the_shared_budget_is_one_for_all_processes(postgresql_server: servers.PostgreSQL) -> None:
    url = postgresql_server.database()
    await migrate.upgrade(url)
    databases = [db.Database(url, write_events=event.write) for _ in range(3)]
    budgets = [budget.SharedBudget(database, "sumsub:x", {CallKind.READ: 20, CallKind.WRITE: 5}) for database in databases]
    moments: list[float] = []

    async def call(index: int) -> None:
        await budgets[index % 3].take(CallKind.READ)
        moments.append(time.monotonic())

    await asyncio.gather(*(call(index) for index in range(30)))
    await budgets[0].block(CallKind.WRITE, 1.0)
    started = time.monotonic()
    await budgets[1].take(CallKind.WRITE)
    waited = time.monotonic() - started
    for database in databases:
        await database.close()

    moments.sort()
    assert moments[19] - moments[0] < 3
    assert moments[20] - moments[0] > 5.0
    assert waited > 0.8
