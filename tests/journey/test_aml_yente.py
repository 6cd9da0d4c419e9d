"""A matching service as one of the screeners, over real HTTP: asked as its interface says, never believed when it misbehaves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app import serving
from app.service.screening import screening
from providers import wire
from providers.yente.screener import YenteScreener
from tests.make.desk import Desk
from tests.make.firm import HOST
from tests.make.yente import TOKEN, Yente

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
    async with mine.context.deps.database.reading() as connection:
        (check,) = await screening.of_customers(connection, mine.tenant_id, [clear])

    assert seen == ["NEEDS_REVIEW", "CLEAR"]
    assert unversioned == "CLEAR"
    assert service.asked[0] == {"schema": "Person", "properties": {"name": ["Iria Vale"]}}
    assert service.parameters[0] == {"algorithm": "logic-v2", "limit": "50", "threshold": "0.7"}
    assert (hit.list, hit.entry, hit.topics, hit.score) == ("OpenSanctions", "NK-1", ["sanctions", "pep"], 0.91)
    assert (check.versions, check.algorithm) == ({"default": service.version}, "yente:logic-v2")
