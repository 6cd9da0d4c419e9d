"""A group that breaks takes no subscriber with it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api.serve import live
from app.domain.credential import Role
from tests.make.firm import Firm


async def test_members_of_a_group_that_fails_catch_up_by_themselves(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    who = await embedded.issue(Role.SERVICE, tenant="failing-group")
    original, failures = live.Group.run, []

    async def failing(group: live.Group, results: Any) -> None:
        async def broken() -> Any:
            async for payload in results:
                if len(failures) < 2:
                    failures.append(payload)
                    raise ZeroDivisionError
                yield payload

        await original(group, broken())

    monkeypatch.setattr(live.Group, "run", failing)
    monkeypatch.setattr(live, "REJOIN_SECONDS", 0.05)
    async with embedded.subscribe("subscription { events { data } }", who=who) as subscription:
        await asyncio.sleep(0.3)  # a subscription without a cursor begins when it is taken up
        made = []
        for _ in range(5):
            made.append(await embedded.customer(who=who))
            message = await subscription.message()
            assert message["payload"]["data"]["events"]["data"]["customerId"] == made[-1]

    assert len(failures) == 2
