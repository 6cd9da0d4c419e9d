"""A worker killed at every step of a start, with answers lost besides: one applicant, one charge, and the start goes on."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from app import serving, wiring
from app.clock import SystemClock
from app.domain.provider import Provider, ProviderName
from app.domain.start import ClientRelationship, PaymentMethod, RiskAnswers
from app.model.charge import Charge
from app.model.start import Start
from app.model.verification import Verification
from app.service.context import WorkContext
from app.service.customer import customer
from app.service.customer.customer import NewCustomer
from app.service.start import attempt, start
from app.service.start.start import Wanted
from app.service.trust import credential
from app.store import migrate
from app.store.db import now, transaction
from providers.sumsub import twin
from tasks import pool
from tests.make.firm import HOST, Firm
from tests.make.fuse import Fuse, Killed


class Fused:
    """A provider whose every call may be the last thing the worker does, before it or after it."""

    def __init__(self, inner: Provider, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in ("find", "make", "equip"):
            return found

        async def fused(*arguments: Any) -> Any:
            self._fuse.step()
            answer = await found(*arguments)
            self._fuse.step()
            return answer

        return fused


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[tuple[WorkContext, httpx.AsyncClient, str]]:
    """What a worker has, without a worker."""
    made = Firm.embedded(tmp_path)
    await migrate.upgrade(made.settings.database_url)
    async with (
        serving.running(twin.application(made.options), host=HOST, port=made.twin_port),
        wiring.opened(made.settings) as opened,
        pool.work_context(made.settings, opened.deps) as context,
        httpx.AsyncClient(base_url=made.twin_url) as http,
    ):
        async with transaction(opened.deps.database) as session:
            tenant_id = await credential.ensure_tenant(session, "default", at=SystemClock().now())
        yield context, http, tenant_id


async def started(
    context: WorkContext, tenant_id: str, number: str, provider: ProviderName = ProviderName.SUMSUB
) -> tuple[str, str]:
    customer_id = await customer.create(context.deps, tenant_id, NewCustomer(f"{number}@example.org", "Iria"))
    risk = RiskAnswers("exchange", PaymentMethod.CARD, ClientRelationship.NEW)
    wanted = Wanted(tenant_id, customer_id, risk, "test", "crd_x", number, provider)
    offered = {name: provider.capabilities for name, provider in context.providers.items()}
    return customer_id, await start.request(context.deps, wanted, offered)


async def until_over(context: WorkContext, start_id: str) -> None:
    """What the relay does: leases run out, and workers take the row up again."""
    for _ in range(12):
        async with transaction(context.deps.database) as session:
            await session.execute(update(Start).where(Start.id == start_id).values(lease_until=None, due_at=now(), wake_at=now()))
        await attempt.make(context, start_id)
        async with context.deps.database.reading() as connection:
            if (await connection.execute(select(Start.status).where(Start.id == start_id))).scalar() != "AUTHORISED":
                return


@pytest.mark.parametrize("fault", [None, "cut_before", "cut_after", "500", "truncated"])
async def test_killed_at_every_step_there_is_one_applicant_and_one_charge(
    parts: tuple[WorkContext, httpx.AsyncClient, str], fault: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, http, tenant_id = parts
    fuse = Fuse()
    providers = {ProviderName.SUMSUB: Fused(whole.providers[ProviderName.SUMSUB], fuse)}
    context = WorkContext(whole.deps, whole.blobs, providers, whole.limits, whole.receiver)  # type: ignore[arg-type]
    monkeypatch.setattr(attempt, "transaction", fuse.transaction)
    broken = []
    for step in range(1, 40):
        customer_id, start_id = await started(whole, tenant_id, f"{fault}-{step}")
        if fault is not None:
            await http.post("/_twin/faults", json={"operation": "create", "faults": [fault]})
        fuse.set(step)
        with contextlib.suppress(Killed):
            await attempt.make(context, start_id)
        ended = fuse.steps < step
        fuse.set(0)
        await until_over(context, start_id)
        await http.post("/_twin/faults/clear", json={"operation": "create"})
        async with whole.deps.database.reading() as connection:
            charges = (await connection.execute(select(Charge.status).where(Charge.start_id == start_id))).scalars().all()
            known = select(Verification.external_id, Verification.id).where(Verification.customer_id == customer_id)
            verifications = (await connection.execute(known)).all()
        if charges != ["CONFIRMED"] or len(verifications) != 1 or verifications[0][0] != verifications[0][1]:
            broken.append((step, charges, verifications))
        if ended:
            break
    effects = (await http.get("/_twin/effects")).json()

    assert broken == []
    assert fuse.kills == step - 1
    assert fuse.kills >= 4
    assert effects["created"] == step


async def test_keys_that_are_taken_away_refuse_the_start(parts: tuple[WorkContext, httpx.AsyncClient, str]) -> None:
    whole, _, tenant_id = parts
    _, start_id = await started(whole, tenant_id, "1", ProviderName.VERIFF)
    veriff = whole.providers[ProviderName.VERIFF]
    other = SimpleNamespace(capabilities=replace(veriff.capabilities, integrations={"other": veriff.capabilities.processes}))
    context = WorkContext(whole.deps, whole.blobs, {ProviderName.VERIFF: other}, whole.limits, whole.receiver)  # type: ignore[dict-item]

    await until_over(context, start_id)
    async with whole.deps.database.reading() as connection:
        (row,) = await start.by_ids(connection, tenant_id, [start_id])

    assert row.integration == "default"
    assert (row.status, row.charge, row.problem["code"]) == ("REFUSED", "RELEASED", "PROVIDER_NOT_CONFIGURED")


@pytest.mark.parametrize(("asked", "status", "charge"), [(False, "REFUSED", "RELEASED"), (True, "UNCERTAIN", "HELD")])
async def test_a_vendor_that_is_taken_away_gives_no_charge_back_that_it_may_have_earned(
    parts: tuple[WorkContext, httpx.AsyncClient, str], asked: bool, status: str, charge: str
) -> None:
    whole, http, tenant_id = parts
    bare = WorkContext(whole.deps, whole.blobs, {}, whole.limits, whole.receiver)
    _, start_id = await started(whole, tenant_id, "1")
    if asked:
        await http.post("/_twin/faults", json={"operation": "create", "faults": ["cut_after"]})
        await attempt.make(whole, start_id)

    await until_over(bare, start_id)
    async with whole.deps.database.reading() as connection:
        (row,) = await start.by_ids(connection, tenant_id, [start_id])

    assert (row.status, row.charge) == (status, charge)
    assert (await http.get("/_twin/effects")).json().get("created", 0) == int(asked)
