"""The twin is as strict as the vendor says: signatures, time, single use, limits; and it misbehaves as asked."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import config, serving
from providers.sumsub import twin
from providers.sumsub.signature import sign
from providers.sumsub.twin.scenario import load
from providers.sumsub.twin.store import Store
from providers.twin.fault import REFUSALS, Fault, FaultRates
from providers.veriff import twin as veriff_twin

OPTIONS = twin.Options(seed=1, reads_per_5s=10_000, writes_per_5s=10_000)


class Caller:
    def __init__(self, http: httpx.AsyncClient, options: twin.Options) -> None:
        self.http, self.options = http, options

    async def call(self, method: str, target: str, **change: Any) -> httpx.Response:
        timestamp = str(change.get("timestamp", int(time.time())))
        headers = {
            "X-App-Token": change.get("token", self.options.app_token),
            "X-App-Access-Ts": timestamp,
            "X-App-Access-Sig": sign(change.get("secret", self.options.secret_key).encode(), timestamp, method, target, b""),
        }
        for name in change.get("without", ()):
            del headers[name]
        return await self.http.request(method, target, headers=headers)

    async def share(self, scenario: str = "passport") -> str:
        return str((await self.http.post("/_twin/share-tokens", json={"scenario": scenario})).json()["token"])

    async def reuse(self, token: str, user: str = "u1") -> httpx.Response:
        target = f"/resources/api/reusableIdentity/reuse?shareToken={token}&levelName=basic-kyc-level&userId={user}"
        return await self.call("POST", target)


async def running(options: twin.Options) -> AsyncIterator[Caller]:
    port = serving.free_port("127.0.0.1")
    address = f"http://127.0.0.1:{port}"
    application = twin.application(options)
    async with serving.running(application, host="127.0.0.1", port=port), httpx.AsyncClient(base_url=address) as http:
        yield Caller(http, options)


@pytest.fixture(scope="module")
async def caller() -> AsyncIterator[Caller]:
    async for ready in running(OPTIONS):
        yield ready


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"without": ["X-App-Token"]}, 4006),
        ({"without": ["X-App-Access-Sig"]}, 4006),
        ({"token": "nonsense"}, 4000),
        ({"token": "sbx:other"}, 4001),
        ({"secret": "wrong"}, 4003),
        ({"timestamp": int(time.time()) - 3600}, 4004),
        ({"timestamp": "soon"}, 4005),
    ],
)
async def test_authentication_faults_have_the_documented_codes(caller: Caller, change: dict[str, Any], code: int) -> None:
    answer = await caller.call("GET", "/resources/status/api", **change)

    assert answer.status_code == 401
    assert answer.json()["errorCode"] == code
    assert answer.json()["correlationId"]


async def test_a_share_token_works_once_and_used_expired_and_unknown_look_alike(caller: Caller) -> None:
    token = await caller.share()

    first = await caller.reuse(token, "once")
    again = await caller.reuse(token, "twice")
    unknown = await caller.reuse("_act-unknown", "thrice")

    assert first.json()["externalUserId"] == "once"
    for answer in (again, unknown):
        assert (answer.status_code, answer.json()["description"], answer.json().get("errorCode")) == (401, "Token is invalid", None)


async def test_an_unknown_level_or_applicant_is_refused(caller: Caller) -> None:
    token = await caller.share()
    target = f"/resources/api/reusableIdentity/reuse?shareToken={token}&levelName=none&userId=x"

    assert (await caller.call("POST", target)).status_code == 400
    assert (await caller.call("GET", "/resources/applicants/none/one")).status_code == 404
    assert (await caller.call("GET", "/resources/applicants/-;externalUserId=none/one")).status_code == 404
    assert (await caller.call("GET", "/resources/nothing")).status_code == 404


async def test_limits_are_counted_per_five_seconds() -> None:
    async for caller in running(twin.Options(seed=1, reads_per_5s=3, writes_per_5s=1)):
        answers = [(await caller.call("GET", "/resources/status/api")).status_code for _ in range(4)]

        assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize("fault", list(Fault))
async def test_each_fault_on_request(fault: Fault) -> None:
    async for caller in running(twin.Options(seed=1, faults=FaultRates(rates={fault: 1.0}))):
        token = await caller.share()
        try:
            answer: httpx.Response | None = await caller.reuse(token)
        except httpx.HTTPError:
            answer = None
        effects = (await caller.http.get("/_twin/effects")).json()

        happened = fault not in (*REFUSALS, Fault.CUT_BEFORE)
        assert effects.get("redeemed", 0) == int(happened)
        if fault in (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TRUNCATED):
            assert answer is None
        elif answer is not None and fault is Fault.UNKNOWN:
            assert answer.json()["fieldOfTomorrow"]


def test_the_same_seed_gives_the_same_ids() -> None:
    def ids(seed: int) -> list[str]:
        store = Store(twin.Options(seed=seed))
        return [store.new_id("applicant") for _ in range(3)]

    assert ids(1) == ids(1) != ids(2)


@pytest.mark.parametrize("vendor", [twin, veriff_twin])
def test_a_twin_without_a_seed_never_gives_an_earlier_start_s_ids_again(vendor: Any) -> None:
    given: dict[str, Any] = {"scenario": None, "faults": "", "ledger": None, "webhook_url": None}
    settings = config.load(_env_file=None)

    seeds = [vendor.Options.read(seed=seed, settings=settings, **given).seed for seed in (None, None, 0, 7)]

    assert seeds[0] != seeds[1]
    assert seeds[2:] == [0, 7]
    assert vendor.Options().seed != vendor.Options().seed


@pytest.mark.parametrize("text", ["nonsense", "500=2", "latency=-1", "429=x", "unknown_fault=0.1"])
def test_a_fault_specification_that_is_none_names_what_is_known(text: str) -> None:
    with pytest.raises(ValueError, match="names: latency, 500, 429"):
        FaultRates.parse(text)


def test_scenarios_build_on_each_other_and_bad_files_are_named(tmp_path: Path) -> None:
    good = tmp_path / "mine.json"
    good.write_text('{"name": "mine", "base": "passport", "title": "Mine", "redeem": "10516"}')
    bad = tmp_path / "bad.json"
    bad.write_text("{")

    assert load(good)["mine"].applicant["fixedInfo"]["firstName"] == "Iria"
    with pytest.raises(ValueError, match=r"bad\.json"):
        load(bad)
