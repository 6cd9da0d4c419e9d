"""Every way in which a screener can fail, and a worker end, on the way to CLEAR and RESOLVED: never a false one."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app import migrate, serving, wiring
from app.clock import SystemClock
from app.db import now, transaction
from app.domain.aml import Screened
from app.domain.customer import AmlDecision, AmlStatus, KycStatus
from app.domain.hit import HitVerdict
from app.domain.screening import Case, Hit, Report, ScreenerName
from app.errors import ScreenerFault, UserFault
from app.model.customer import Customer
from app.model.hit import AmlHit
from app.model.rescreening import Rescreening
from app.model.screening import Screening
from app.service import aml, credential, customer, matcher, rescreening, run, screening, screening_round
from app.service.aml import Judge, Judgement, Resolution
from app.service.customer import NewCustomer
from providers import wire
from providers.yente.screener import YenteScreener
from tasks import pool
from tests.make.firm import HOST, Firm
from tests.make.watch_list import brought_in, listed
from tests.make.yente import TOKEN, Yente

_numbers = itertools.count(1)
HIT = Hit("Some list", "k", "d", "Iria Vale", ("sanctions",), 0.9, {})
CLEAR, HITS = Report(Screened.CLEAR), Report(Screened.HITS, (HIT,))


@dataclass
class Scripted:
    """A screener that says one thing after the other; the last for ever. What is an exception is raised."""

    script: list[Any] = field(default_factory=lambda: [CLEAR])

    async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(said, BaseException):
            raise said
        if callable(said):
            said = await said()
        return [said for _ in cases]


@dataclass
class Desk:
    """What a worker has, without a worker, and a customer to be screened."""

    shop: run.Workshop
    tenant_id: str
    folder: Path

    def with_(self, **screeners: Any) -> Desk:
        """The same, with these screeners and no other."""
        named = {ScreenerName[name.upper()]: screener for name, screener in screeners.items()}
        core = replace(self.shop.core, screening=replace(self.shop.core.screening, screeners=tuple(named)))
        return Desk(replace(self.shop, core=core, screeners=named), self.tenant_id, self.folder)

    async def verified(self, first: str = "Iria", last: str | None = "Vale") -> str:
        core = self.shop.core
        new = NewCustomer(f"s{next(_numbers)}@example.org", first, last)
        customer_id = await customer.create(core, self.tenant_id, new)
        async with transaction(core.database) as session:
            await session.execute(update(Customer).where(Customer.id == customer_id).values(kyc_status=KycStatus.VERIFIED))
            await screening.person_changed(core, session, customer_id)
        return customer_id

    async def once(self, customer_id: str) -> str:
        """One claim by a worker, as if it were due; the status it leads to."""
        async with transaction(self.shop.core.database) as session:
            mine = update(Screening).where(Screening.customer_id == customer_id)
            found = await session.execute(mine.values(lease_until=None, due_at=now(), ring_at=now()).returning(Screening.id))
            screening_id = found.scalar_one()
        await screening_round.screen(self.shop, screening_id)
        return await self.status(customer_id)

    async def row(self, customer_id: str) -> Any:
        async with self.shop.core.database.reading() as connection:
            return (await connection.execute(select(Customer.__table__).where(Customer.id == customer_id))).one()

    async def status(self, customer_id: str) -> str:
        return str((await self.row(customer_id)).aml_status)

    async def hits(self, customer_id: str) -> list[Any]:
        async with self.shop.core.database.reading() as connection:
            return list((await connection.execute(select(AmlHit.__table__).where(AmlHit.customer_id == customer_id))).all())

    async def judged(self, customer_id: str, verdict: HitVerdict = HitVerdict.FALSE_POSITIVE) -> None:
        for hit in await self.hits(customer_id):
            await aml.judge(self.shop.core, Judgement(Judge(self.tenant_id, "ann", "crd_1"), hit.id, verdict, "looked at"))

    async def resolved(self, customer_id: str, decision: AmlDecision = AmlDecision.CLEARED, who: str = "ann") -> None:
        await aml.resolve(self.shop.core, Resolution(Judge(self.tenant_id, who, f"crd_{who}"), customer_id, decision, "decided"))

    async def walk(self) -> None:
        """Every re-screening to its end."""
        for _ in range(50):
            async with transaction(self.shop.core.database) as session:
                due = (
                    update(Rescreening).where(Rescreening.is_open).values(due_at=now(), lease_until=None).returning(Rescreening.id)
                )
                open_ = [row.id for row in await session.execute(due)]
            if not open_:
                return
            for rescreening_id in open_:
                await rescreening.walk(self.shop, rescreening_id)


@pytest.fixture(params=["embedded", "distributed"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    if request.param == "embedded":
        made = Firm.embedded(tmp_path)
    else:
        # Nothing is rung here, so no Redis: a database that several could share is what matters.
        database = request.getfixturevalue("postgresql_server").database()
        made = Firm.distributed(tmp_path, database, request.getfixturevalue("redis_server").database())
    await migrate.upgrade(made.settings.database_url)
    async with wiring.opened(made.settings) as opened, pool.workshop(made.settings, opened.core) as shop:
        async with transaction(opened.core.database) as session:
            tenant_id = await credential.ensure_tenant(session, "default", at=SystemClock().now())
        yield Desk(shop, tenant_id, tmp_path)


FAULTS = [ScreenerFault("away"), TimeoutError(), ValueError("a defect"), Report(Screened.RUNNING), Report(Screened.NONE)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__ + str(getattr(fault, "screened", "")))
async def test_no_fault_of_any_screener_is_clear_and_when_it_is_over_it_is(desk: Desk, fault: Any) -> None:
    for broken in ("provider", "yente"):
        sound = "yente" if broken == "provider" else "provider"
        failing = Scripted([fault, fault, fault])
        mine = desk.with_(**{broken: failing, sound: Scripted()})
        customer_id = await mine.verified()
        seen = [await mine.once(customer_id) for _ in range(3)]
        failing.script[:] = [CLEAR]
        if fault is not FAULTS[-1]:
            healed = await mine.once(customer_id)
            assert healed == "CLEAR"
        else:
            # Not having looked is an answer: it is asked again when the vendor rings, or somebody wants it.
            async with transaction(mine.shop.core.database) as session:
                await screening.again(mine.shop.core, session, await mine.row(customer_id))
            assert await mine.once(customer_id) == "CLEAR"
        assert "CLEAR" not in seen
        assert set(seen) <= {"NOT_SCREENED", "IN_PROGRESS"}


async def test_what_was_answered_in_a_round_is_not_asked_for_again(desk: Desk) -> None:
    asked = 0

    async def counted() -> Report:
        nonlocal asked
        asked += 1
        return CLEAR

    mine = desk.with_(yente=Scripted([counted]), provider=Scripted([ScreenerFault("x"), ScreenerFault("x"), CLEAR]))
    customer_id = await mine.verified()
    seen = [await mine.once(customer_id) for _ in range(3)]

    assert seen[-1] == "CLEAR"
    assert asked == 1, "it is paid for by the question"


async def test_a_screener_that_is_switched_off_and_none_at_all_lead_nowhere(desk: Desk) -> None:
    none = desk.with_()
    customer_id = await none.verified()
    without = [await none.once(customer_id) for _ in range(2)]
    # Asked for by the setting, and not there: a worker that was started with another setting.
    both = desk.with_(provider=Scripted(), yente=Scripted())
    lame = Desk(replace(both.shop, screeners={ScreenerName.PROVIDER: Scripted()}), desk.tenant_id, desk.folder)
    other = await lame.verified()
    half = [await lame.once(other) for _ in range(2)]

    assert set(without) == {"NOT_SCREENED"}
    assert "CLEAR" not in half


async def test_hits_count_while_others_are_silent_and_nobody_clears_before_all_have_answered(desk: Desk) -> None:
    silent = Scripted([ScreenerFault("away")])
    mine = desk.with_(provider=Scripted([HITS]), yente=silent)
    customer_id = await mine.verified()
    held = await mine.once(customer_id)
    await mine.judged(customer_id)
    with pytest.raises(UserFault) as refused:
        await mine.resolved(customer_id)
    silent.script[:] = [Report(Screened.HITS, (replace(HIT, key="other"),))]
    await mine.once(customer_id)
    with pytest.raises(UserFault) as unjudged:
        await mine.resolved(customer_id)
    await mine.judged(customer_id)
    await mine.resolved(customer_id)

    assert held == "NEEDS_REVIEW"
    assert refused.value.code == "SCREENING_INCOMPLETE"
    assert "YENTE" in refused.value.message
    assert unjudged.value.code == "HITS_UNREVIEWED"
    assert (await mine.row(customer_id)).aml_decision == "CLEARED"


async def test_rejecting_needs_no_whole_screening(desk: Desk) -> None:
    mine = desk.with_(provider=Scripted([HITS]), yente=Scripted([ScreenerFault("away")]))
    customer_id = await mine.verified()
    await mine.once(customer_id)
    await mine.judged(customer_id, HitVerdict.TRUE_POSITIVE)
    await mine.resolved(customer_id, AmlDecision.REJECTED)

    assert await mine.status(customer_id) == "RESOLVED"


async def test_a_list_that_is_replaced_while_somebody_is_looked_for_in_it(desk: Desk) -> None:
    """The answer is about the old version: it is worth nothing, and the new version is looked into at once."""
    lists = matcher.Matcher(desk.shop.core.database)
    replaced = False

    class Meanwhile:
        async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
            nonlocal replaced
            found = await lists.screen(cases)
            if not replaced:
                replaced = True
                await brought_in(desk.shop.core, desk.folder, "moving", listed("M-1", "Iria Vale"))
            return found

    async with contextlib.aclosing(lists):
        await brought_in(desk.shop.core, desk.folder, "moving", listed("M-0", "Somebody Else"))
        mine = desk.with_(lists=Meanwhile())
        customer_id = await mine.verified()
        first = await mine.once(customer_id)
        second = await mine.once(customer_id)

    assert first in ("NOT_SCREENED", "IN_PROGRESS")
    assert second == "NEEDS_REVIEW"


async def test_the_first_list_that_comes_while_nobody_looks_into_lists(desk: Desk) -> None:
    """CLEAR without a list is CLEAR; the list then brings in everybody, who was clear without it, too."""
    lists = matcher.Matcher(desk.shop.core.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(provider=Scripted(), lists=lists)
        clear, wanted = await mine.verified("Noa", "Ferrin"), await mine.verified()
        before = [await mine.once(each) for each in (clear, wanted)]
        await brought_in(desk.shop.core, desk.folder, "new", listed("M-1", "Iria Vale"))
        await mine.walk()
        after = [await mine.status(each) for each in (clear, wanted)]

    assert before == ["CLEAR", "CLEAR"]
    assert after == ["CLEAR", "NEEDS_REVIEW"]


async def test_a_matcher_that_is_killed_or_silent_has_not_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = matcher.Matcher(desk.shop.core.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(lists=lists)
        await brought_in(desk.shop.core, desk.folder, "some", listed("M-0", "Somebody Else"))
        warm, customer_id = await mine.verified(), await mine.verified()
        await mine.once(warm)
        whole = matcher.Matcher._send

        async def killed(self: matcher.Matcher, content: Any) -> None:
            assert self._child is not None
            self._child.kill()
            await self._child.wait()
            await whole(self, content)

        monkeypatch.setattr(matcher.Matcher, "_send", killed)
        dead = await mine.once(customer_id)
        monkeypatch.setattr(matcher.Matcher, "_send", whole)
        monkeypatch.setattr(matcher, "ANSWER_SECONDS", 0.0)
        silent = await mine.once(customer_id)
        monkeypatch.undo()
        healed = await mine.once(customer_id)

    assert dead != "CLEAR"
    assert silent != "CLEAR"
    assert healed == "CLEAR"


class Killed(BaseException):
    """The process ends here: nothing after it runs, and nothing is put back."""


async def test_killed_at_every_step_nobody_is_clear_who_is_listed_and_everybody_gets_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = at = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == at:
            raise Killed

    @contextlib.asynccontextmanager
    async def fused(database: Any) -> AsyncIterator[Any]:
        step()
        async with transaction(database) as session:
            yield session
        step()

    async def slow() -> Report:
        step()
        return HITS

    monkeypatch.setattr(screening_round, "transaction", fused)
    wrong, kills = [], 0
    for at in range(1, 30):
        mine = desk.with_(provider=Scripted([CLEAR]), yente=Scripted([slow]))
        innocent = desk.with_(provider=Scripted([CLEAR]), yente=Scripted([CLEAR]))
        for one, wanted in ((mine, "NEEDS_REVIEW"), (innocent, "CLEAR")):
            customer_id = await one.verified()
            steps = 0
            try:
                await one.once(customer_id)
            except Killed:
                kills += 1
            if one is mine and await one.status(customer_id) == "CLEAR":
                wrong.append((at, "clear although listed"))
            last, at_, at = steps, at, 0
            for _ in range(3):
                await one.once(customer_id)
            at = at_
            if await one.status(customer_id) != wanted or len(await one.hits(customer_id)) != int(one is mine):
                wrong.append((at, wanted, await one.status(customer_id)))
        if last < at:
            break

    assert wrong == []
    assert kills >= 6


async def test_two_workers_at_once_come_to_one_result(desk: Desk) -> None:
    mine = desk.with_(provider=Scripted([HITS]))
    customer_id = await mine.verified()

    await asyncio.gather(*(mine.once(customer_id) for _ in range(8)))

    assert await mine.status(customer_id) == "NEEDS_REVIEW"
    assert len(await mine.hits(customer_id)) == 1


async def test_a_person_who_changes_while_being_looked_for_is_not_the_one_who_was_found_clear(desk: Desk) -> None:
    mine = desk.with_(provider=Scripted())
    customer_id = await mine.verified()
    core = mine.shop.core

    async def renamed() -> Report:
        async with transaction(core.database) as session:
            row = await mine.row(customer_id)
            ciphers = await customer.ciphers(session, core.vault, row.tenant_id, [row.id])
            personal = ciphers[row.id].seal_json({"email": "x", "firstName": "Other", "lastName": "Person"}, customer.PERSONAL)
            await session.execute(update(Customer).where(Customer.id == row.id).values(personal=personal))
            await screening.person_changed(core, session, row.id)
        return CLEAR

    mine.shop.screeners[ScreenerName.PROVIDER].script[:] = [renamed, CLEAR]  # type: ignore[attr-defined]
    first = await mine.once(customer_id)
    second = await mine.once(customer_id)

    assert first != "CLEAR"
    assert second == "CLEAR"


@pytest.mark.parametrize("moved", [AmlStatus.CLEAR, AmlStatus.RESOLVED])
async def test_who_becomes_another_person_is_in_progress_in_the_same_transaction(desk: Desk, moved: AmlStatus) -> None:
    mine = desk.with_(provider=Scripted([HITS if moved is AmlStatus.RESOLVED else CLEAR]))
    customer_id = await mine.verified()
    await mine.once(customer_id)
    if moved is AmlStatus.RESOLVED:
        await mine.judged(customer_id)
        await mine.resolved(customer_id)
    core = mine.shop.core
    async with transaction(core.database) as session:
        ciphers = await customer.ciphers(session, core.vault, mine.tenant_id, [customer_id])
        personal = ciphers[customer_id].seal_json({"email": "x", "firstName": "Other", "lastName": None}, customer.PERSONAL)
        await session.execute(update(Customer).where(Customer.id == customer_id).values(personal=personal))
        await screening.person_changed(core, session, customer_id)
    row = await mine.row(customer_id)

    assert (row.aml_status, row.aml_decision) == ("IN_PROGRESS", None)


async def test_everybody_is_screened_again_after_the_firms_time(desk: Desk) -> None:
    screener = Scripted([CLEAR])
    mine = desk.with_(provider=screener)
    customer_id = await mine.verified()
    await mine.once(customer_id)
    async with mine.shop.core.database.reading() as connection:
        row = (await connection.execute(select(Screening.__table__).where(Screening.customer_id == customer_id))).one()
        days = (await connection.execute(select(Screening.due_at, now()).where(Screening.id == row.id))).one()
    screener.script[:] = [ScreenerFault("away")]
    still = await mine.once(customer_id)
    screener.script[:] = [HITS]
    held = await mine.once(customer_id)

    apart = days[0] - (days[1] if not isinstance(days[1], str) else days[0].fromisoformat(days[1]).replace(tzinfo=days[0].tzinfo))
    assert row.is_open
    assert 29.9 < apart.total_seconds() / 86_400 < 30.1
    assert still == "CLEAR", "what was found in full stands until something new is found"
    assert held == "NEEDS_REVIEW"


async def test_a_file_that_breaks_off_leaves_the_lists_as_they_were(desk: Desk) -> None:
    from app.domain.lists.fault import ListFault
    from app.service import watch_list

    core = desk.shop.core
    many = [listed(f"E-{number}", f"Person Number{number}") for number in range(1200)]
    await brought_in(core, desk.folder, "big", *many)
    with pytest.raises(ListFault, match="the version before held 1200"):
        await brought_in(core, desk.folder, "big", *many[:600], may_shrink=False)
    with pytest.raises(ListFault, match="an id occurs twice"):
        await brought_in(core, desk.folder, "big", *many, many[0])
    with pytest.raises(ListFault, match="there is nobody in it"):
        await brought_in(core, desk.folder, "big", {"id": "x", "schema": "Vessel", "properties": {}})
    async with core.database.reading() as connection:
        rows = await watch_list.every(connection)

    assert [(row.name, row.status, row.entries) for row in rows] == [("big", "ACTIVE", 1200)]


WRONG = ["500", "429", "422", "html", "list", "empty", "slow", "exchanged", "partial", "no_results", "no_score", "query_missing"]


@pytest.fixture
async def yente() -> AsyncIterator[tuple[Yente, YenteScreener]]:
    service, port = Yente(), serving.free_port(HOST)
    async with serving.running(service.application(), host=HOST, port=port), wire.client() as http:
        screener = YenteScreener(http, f"http://{HOST}:{port}", token=TOKEN, dataset="default", algorithm="logic-v2", threshold=0.7)
        yield service, screener


@pytest.mark.parametrize("fault", WRONG)
async def test_a_matching_service_that_misbehaves_is_never_clear(
    desk: Desk, yente: tuple[Yente, YenteScreener], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, screener = yente
    monkeypatch.setattr("providers.yente.screener.SECONDS", 1.0)
    mine = desk.with_(yente=screener)
    customer_id = await mine.verified()
    service.faults[:] = [fault]
    broken = await mine.once(customer_id)
    healed = await mine.once(customer_id)

    assert broken != "CLEAR"
    assert healed == "CLEAR"


async def test_a_matching_service_is_asked_as_its_interface_says_and_its_hits_are_explained(
    desk: Desk, yente: tuple[Yente, YenteScreener]
) -> None:
    service, screener = yente
    properties = {"name": ["Iria Vale"], "topics": ["sanction", "role.pep"], "birthDate": ["1970"]}
    service.people["Iria Vale"] = {"id": "NK-1", "caption": "Iria Vale", "score": 0.91, "properties": properties}
    service.people["Noa"] = {"id": "NK-2", "caption": "Noa", "score": 0.4, "properties": {}}
    mine = desk.with_(yente=screener)
    held, clear = await mine.verified(), await mine.verified("Noa", None)
    seen = [await mine.once(each) for each in (held, clear)]
    service.catalogue = False
    other = await mine.verified("Noa", None)
    unversioned = await mine.once(other)
    (hit,) = await mine.hits(held)
    async with mine.shop.core.database.reading() as connection:
        (check,) = await screening.of_customers(connection, mine.tenant_id, [clear])

    assert seen == ["NEEDS_REVIEW", "CLEAR"]
    assert unversioned == "CLEAR"
    assert service.asked[0] == {"schema": "Person", "properties": {"name": ["Iria Vale"]}}
    assert service.parameters[0] == {"algorithm": "logic-v2", "limit": "50", "threshold": "0.7"}
    assert (hit.list, hit.entry, hit.topics, hit.score) == ("OpenSanctions", "NK-1", ["sanctions", "pep"], 0.91)
    assert (check.versions, check.algorithm) == ({"default": service.version}, "yente:logic-v2")
