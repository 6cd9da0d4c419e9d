"""Every way in which a screener can fail, and a worker end, on the way to CLEAR and RESOLVED: never a false one."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.aml import Screened
from app.domain.customer import AmlDecision, AmlStatus, KycStatus
from app.domain.hit import HitVerdict
from app.domain.lists.fault import ListFault
from app.domain.screening import Case, Report, ScreenerName
from app.errors import ScreenerFault, UserFault
from app.model import customer as customer_model
from app.model.customer import Customer
from app.model.screening import Screening
from app.model.watch_list import WatchList
from app.service.customer import customer
from app.service.screening import matcher, rescreening, screening, screening_round, watch_list
from app.service.trust import data_key
from app.store.db import now, transaction
from tests.make.desk import CLEAR, HIT, HITS, Desk, Scripted
from tests.make.fuse import Fuse, Killed
from tests.make.watch_list import brought_in, listed

NAMES = ("Ariston", "Belisandro", "Corvinus", "Dagoberta", "Eleutherio")
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
            async with transaction(mine.context.deps.database) as session:
                await screening.again(mine.context.deps, session, await mine.row(customer_id))
            assert await mine.once(customer_id) == "CLEAR"
        # Only who is really being looked for is IN_PROGRESS: from there no way leads back to not having been.
        assert set(seen) == {"IN_PROGRESS" if getattr(fault, "screened", None) is Screened.RUNNING else "NOT_SCREENED"}


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
    lame = Desk(replace(both.context, screeners={ScreenerName.PROVIDER: Scripted()}), desk.tenant_id, desk.folder)
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


async def test_nobody_is_cleared_while_not_verified_on_less_than_a_whole_screening(desk: Desk) -> None:
    mine = desk.with_(provider=Scripted([HITS]), yente=Scripted([ScreenerFault("away")]))
    customer_id = await mine.verified()
    await mine.once(customer_id)
    await mine.judged(customer_id)
    for kyc in (KycStatus.FAILED, KycStatus.AWAITING_RESUBMISSION):
        async with transaction(mine.context.deps.database) as session:
            await session.execute(update(Customer).where(Customer.id == customer_id).values(kyc_status=kyc))
        with pytest.raises(UserFault) as refused:
            await mine.resolved(customer_id)
        assert refused.value.code == "SCREENING_INCOMPLETE"


async def test_rejecting_needs_no_whole_screening(desk: Desk) -> None:
    mine = desk.with_(provider=Scripted([HITS]), yente=Scripted([ScreenerFault("away")]))
    customer_id = await mine.verified()
    await mine.once(customer_id)
    await mine.judged(customer_id, HitVerdict.TRUE_POSITIVE)
    await mine.resolved(customer_id, AmlDecision.REJECTED)

    assert await mine.status(customer_id) == "RESOLVED"


async def test_a_list_that_is_replaced_while_somebody_is_looked_for_in_it(desk: Desk) -> None:
    """The answer is about the old version: it is worth nothing, and the new version is looked into at once."""
    lists = matcher.Matcher(desk.context.deps.database)
    replaced = False

    class Meanwhile:
        async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
            nonlocal replaced
            found = await lists.screen(cases)
            if not replaced:
                replaced = True
                await brought_in(desk.context.deps, desk.folder, "moving", listed("M-1", "Iria Vale"))
            return found

    async with contextlib.aclosing(lists):
        await brought_in(desk.context.deps, desk.folder, "moving", listed("M-0", "Somebody Else"))
        mine = desk.with_(lists=Meanwhile())
        customer_id = await mine.verified()
        first = await mine.once(customer_id)
        second = await mine.once(customer_id)

    assert first in ("NOT_SCREENED", "IN_PROGRESS")
    assert second == "NEEDS_REVIEW"


async def test_the_first_list_that_comes_while_nobody_looks_into_lists(desk: Desk) -> None:
    """CLEAR without a list is CLEAR; the list then brings in everybody, who was clear without it, too."""
    lists = matcher.Matcher(desk.context.deps.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(provider=Scripted(), lists=lists)
        clear, wanted = await mine.verified("Noa", "Ferrin"), await mine.verified()
        before = [await mine.once(each) for each in (clear, wanted)]
        await brought_in(desk.context.deps, desk.folder, "new", listed("M-1", "Iria Vale"))
        await mine.walk()
        after = [await mine.status(each) for each in (clear, wanted)]

    assert before == ["CLEAR", "CLEAR"]
    assert after == ["CLEAR", "NEEDS_REVIEW"]


async def test_a_matcher_that_is_killed_or_silent_has_not_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = matcher.Matcher(desk.context.deps.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(lists=lists)
        await brought_in(desk.context.deps, desk.folder, "some", listed("M-0", "Somebody Else"))
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


async def test_killed_at_every_step_nobody_is_clear_who_is_listed_and_everybody_gets_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuse = Fuse()

    async def slow() -> Report:
        fuse.step()
        return HITS

    monkeypatch.setattr(screening_round, "transaction", fuse.transaction)
    mine = desk.with_(provider=Scripted([CLEAR]), yente=Scripted([slow]))
    innocent = desk.with_(provider=Scripted([CLEAR]), yente=Scripted([CLEAR]))
    wrong = []
    for step in range(1, 30):
        for one, wanted in ((mine, "NEEDS_REVIEW"), (innocent, "CLEAR")):
            customer_id = await one.verified()
            fuse.set(step)
            with contextlib.suppress(Killed):
                await one.once(customer_id)
            ended = fuse.steps < step
            fuse.set(0)
            if one is mine and await one.status(customer_id) == "CLEAR":
                wrong.append((step, "clear although listed"))
            for _ in range(3):
                await one.once(customer_id)
            if await one.status(customer_id) != wanted or len(await one.hits(customer_id)) != int(one is mine):
                wrong.append((step, f"{await one.status(customer_id)} instead of {wanted}"))
        if ended:
            break

    assert wrong == []
    assert fuse.kills >= 6


async def test_a_re_screening_that_is_killed_at_every_step_reaches_everybody_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuse = Fuse()
    lists = matcher.Matcher(desk.context.deps.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(lists=lists)
        await brought_in(desk.context.deps, desk.folder, "walk", listed("W-0", "Somebody Else"))
        customers = [await mine.verified(name, "Walking") for name in NAMES]
        seen = [await mine.once(each) for each in customers]
        monkeypatch.setattr(rescreening, "PIECE", 2)
        monkeypatch.setattr(rescreening, "transaction", fuse.transaction)
        # A version in which one more of them is listed, each time.
        for number in range(1, 5):
            people = [listed(f"W-{name}", f"{name} Walking") for name in NAMES[:number]]
            await brought_in(desk.context.deps, desk.folder, "walk", listed("W-x", "Somebody Else"), *people)
            for step in range(1, 14):
                fuse.set(step)
                with contextlib.suppress(Killed):
                    await mine.walk()
            fuse.set(0)
            await mine.walk()
            found = [await mine.status(each) for each in customers]
            assert found == ["NEEDS_REVIEW"] * number + ["CLEAR"] * (5 - number)
            assert [len(await mine.hits(each)) for each in customers] == [1] * number + [0] * (5 - number)

    assert seen == ["CLEAR"] * 5
    assert fuse.kills >= 8


async def test_one_customers_broken_data_keep_nobody_else_from_being_looked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = matcher.Matcher(desk.context.deps.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(lists=lists)
        await brought_in(desk.context.deps, desk.folder, "broken", listed("B-0", "Somebody Else"))
        broken, listed_ = await mine.verified("Noa", "Ferrin"), await mine.verified()
        for each in (broken, listed_):
            await mine.once(each)
        async with transaction(mine.context.deps.database) as session:
            await session.execute(update(Customer).where(Customer.id == broken).values(personal=b"x" * 40))
        await brought_in(desk.context.deps, desk.folder, "broken", listed("B-1", "Iria Vale"))
        await mine.walk()
    async with mine.context.deps.database.reading() as connection:
        (walked,) = [row for row in await rescreening.newest(connection) if row.done]
        job = (await connection.execute(select(Screening.__table__).where(Screening.customer_id == broken))).one()

    assert await mine.status(listed_) == "NEEDS_REVIEW"
    assert (walked.is_open, walked.done, walked.total) == (False, 2, 2)
    assert job.ended_at is None, "its own screening goes on trying"


async def test_two_workers_at_once_come_to_one_result(desk: Desk) -> None:
    mine = desk.with_(provider=Scripted([HITS]))
    customer_id = await mine.verified()

    await asyncio.gather(*(mine.once(customer_id) for _ in range(8)))

    assert await mine.status(customer_id) == "NEEDS_REVIEW"
    assert len(await mine.hits(customer_id)) == 1


async def test_a_person_who_changes_while_being_looked_for_is_not_the_one_who_was_found_clear(desk: Desk) -> None:
    mine = desk.with_(provider=Scripted())
    customer_id = await mine.verified()
    deps = mine.context.deps

    async def renamed() -> Report:
        async with transaction(deps.database) as session:
            row = await mine.row(customer_id)
            ciphers = await data_key.ciphers(session, deps.vault, row.tenant_id, [row.id])
            personal = ciphers[row.id].seal_json({"email": "x", "firstName": "Other", "lastName": "Person"}, customer.PERSONAL)
            await session.execute(update(Customer).where(Customer.id == row.id).values(personal=personal))
            await screening.person_changed(deps, session, row.id)
        return CLEAR

    mine.context.screeners[ScreenerName.PROVIDER].script[:] = [renamed, CLEAR]  # type: ignore[attr-defined]
    first = await mine.once(customer_id)
    second = await mine.once(customer_id)

    assert first != "CLEAR"
    assert second == "CLEAR"


@pytest.mark.parametrize("asked", ["rung", "again"])
async def test_an_answer_to_an_older_question_is_none(desk: Desk, asked: str) -> None:
    """The vendor rings, or a person wants it anew, while the screener is on its way with what was so before."""
    mine = desk.with_(provider=Scripted())
    customer_id = await mine.verified()
    deps = mine.context.deps

    async def meanwhile() -> Report:
        async with transaction(deps.database) as session:
            row = await customer_model.locked(session, customer_id)
            if asked == "rung":
                await screening.on_provider_notice(deps, session, SimpleNamespace(id="ver_1", customer_id=customer_id))
            else:
                await screening.again(deps, session, row)
        return CLEAR

    mine.context.screeners[ScreenerName.PROVIDER].script[:] = [meanwhile, HITS]  # type: ignore[attr-defined]
    first = await mine.once(customer_id)
    second = await mine.once(customer_id)

    assert first in ("NOT_SCREENED", "IN_PROGRESS")
    assert second == "NEEDS_REVIEW"


async def test_who_is_not_verified_for_a_while_comes_back_to_the_lists_of_today(desk: Desk) -> None:
    lists = matcher.Matcher(desk.context.deps.database)
    deps = desk.context.deps
    async with contextlib.aclosing(lists):
        mine = desk.with_(lists=lists)
        await brought_in(deps, desk.folder, "back", listed("B-0", "Somebody Else"))
        customer_id = await mine.verified()
        clear = await mine.once(customer_id)
        async with transaction(deps.database) as session:
            await session.execute(update(Customer).where(Customer.id == customer_id).values(kyc_status=KycStatus.FAILED))
        await brought_in(deps, desk.folder, "back", listed("B-1", "Iria Vale"))
        await mine.walk()

    assert clear == "CLEAR"
    assert await mine.status(customer_id) == "NEEDS_REVIEW"


@pytest.mark.parametrize("moved", [AmlStatus.CLEAR, AmlStatus.RESOLVED])
async def test_who_becomes_another_person_is_in_progress_in_the_same_transaction(desk: Desk, moved: AmlStatus) -> None:
    mine = desk.with_(provider=Scripted([HITS if moved is AmlStatus.RESOLVED else CLEAR]))
    customer_id = await mine.verified()
    await mine.once(customer_id)
    if moved is AmlStatus.RESOLVED:
        await mine.judged(customer_id)
        await mine.resolved(customer_id)
    deps = mine.context.deps
    async with transaction(deps.database) as session:
        ciphers = await data_key.ciphers(session, deps.vault, mine.tenant_id, [customer_id])
        personal = ciphers[customer_id].seal_json({"email": "x", "firstName": "Other", "lastName": None}, customer.PERSONAL)
        await session.execute(update(Customer).where(Customer.id == customer_id).values(personal=personal))
        await screening.person_changed(deps, session, customer_id)
    row = await mine.row(customer_id)

    assert (row.aml_status, row.aml_decision) == ("IN_PROGRESS", None)


async def test_everybody_is_screened_again_after_the_firms_time(desk: Desk) -> None:
    screener = Scripted([CLEAR])
    mine = desk.with_(provider=screener)
    customer_id = await mine.verified()
    await mine.once(customer_id)
    async with mine.context.deps.database.reading() as connection:
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
    deps = desk.context.deps
    many = [listed(f"E-{number}", f"Person Number{number}") for number in range(1200)]
    await brought_in(deps, desk.folder, "big", *many)
    with pytest.raises(ListFault, match="the version before held 1200"):
        await brought_in(deps, desk.folder, "big", *many[:600], may_shrink=False)
    with pytest.raises(ListFault, match="an id occurs twice"):
        await brought_in(deps, desk.folder, "big", *many, many[0])
    with pytest.raises(ListFault, match="there is nobody in it"):
        await brought_in(deps, desk.folder, "big", {"id": "x", "schema": "Vessel", "properties": {}})
    async with deps.database.reading() as connection:
        rows = await watch_list.every(connection)

    assert [(row.name, row.status, row.entries) for row in rows] == [("big", "ACTIVE", 1200)]


async def test_what_a_killed_import_has_left_is_looked_into_by_nobody_and_cleared_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = desk.context.deps

    async def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(watch_list, "_activate", killed)
    monkeypatch.setattr(watch_list, "_forget", killed)
    with pytest.raises(Killed):
        await brought_in(deps, desk.folder, "half", listed("H-1", "Iria Vale"))
    monkeypatch.undo()
    async with deps.database.reading() as connection:
        left = await watch_list.every(connection)
        used = await watch_list.active(connection)
    async with transaction(deps.database) as session:
        await session.execute(update(WatchList).values(imported_at=deps.clock.now() - dt.timedelta(hours=7)))
    await brought_in(deps, desk.folder, "half", listed("H-2", "Somebody Else"))
    async with deps.database.reading() as connection:
        after = await watch_list.every(connection)

    assert ([row.status for row in left], used) == (["LOADING"], [])
    assert [(row.status, row.entries) for row in after] == [("ACTIVE", 1)]


async def test_more_hits_than_anybody_can_judge_are_cut_and_never_clear(desk: Desk) -> None:
    lists = matcher.Matcher(desk.context.deps.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(lists=lists)
        await brought_in(desk.context.deps, desk.folder, "many", *(listed(f"H-{number}", "Iria Vale") for number in range(60)))
        customer_id = await mine.verified()
        held = await mine.once(customer_id)
    async with mine.context.deps.database.reading() as connection:
        (check,) = await screening.of_customers(connection, mine.tenant_id, [customer_id])

    assert held == "NEEDS_REVIEW"
    assert len(await mine.hits(customer_id)) == matcher.HITS_MOST
    assert check.remarks == ["HITS_CUT"]


async def test_a_name_that_no_list_could_hold_is_for_a_person(desk: Desk) -> None:
    lists = matcher.Matcher(desk.context.deps.database)
    async with contextlib.aclosing(lists):
        mine = desk.with_(lists=lists)
        await brought_in(desk.context.deps, desk.folder, "script", listed("H-1", "Somebody Else"))
        customer_id = await mine.verified("محمد", None)
        held = await mine.once(customer_id)
        await mine.resolved(customer_id)
        again = await mine.once(customer_id)

    assert (held, await mine.hits(customer_id)) == ("NEEDS_REVIEW", [])
    assert again == "RESOLVED"
