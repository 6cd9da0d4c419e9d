"""What every vendor's adapter must keep to, held against every registered one and its twin. docs/providers.md is the recipe."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.action import NEEDS_A_PERSON, ActionKind
from app.domain.examination import Health
from app.domain.process.outcome import Outcome
from app.domain.provider import ProviderName, Snapshot
from app.domain.reference import Reference
from app.domain.verification import Stage, VendorState
from app.errors import Answered, NotReady, NotSent, ProcessFault, Unanswered, UserFault
from providers import PROVIDERS, catalogue, sumsub, veriff
from tests.make.vendor import VENDORS, Vendor

NAMES = [name.lower() for name in PROVIDERS]
NOBODY = {"sumsub": "000000000000000000000000", "veriff": "00000000-0000-4000-8000-000000000000"}
UNDECIDED = {"sumsub": "never-decided", "veriff": "never-decided"}
REFUSED = {"sumsub": "rejected", "veriff": "declined"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
async def vendors() -> AsyncIterator[dict[str, Vendor]]:
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(VENDORS[name]()) for name in NAMES}


@pytest.fixture(params=NAMES)
def vendor(request: pytest.FixtureRequest, vendors: dict[str, Vendor]) -> Vendor:
    return vendors[request.param]


def name_of(vendor: Vendor) -> str:
    return str(vendor.provider.capabilities.name.lower())


async def made(vendor: Vendor, scenario: str = "passport") -> Reference:
    """A verification of a scenario at the vendor."""
    if name_of(vendor) == "sumsub":
        return Reference((await vendor.ask("applicants", scenario=scenario))["applicantId"])
    return Reference((await vendor.ask("sessions", scenario=scenario))["sessionId"], "default")


def test_every_registered_vendor_has_a_twin_tests_and_a_place_in_the_documents() -> None:
    assert set(NAMES) == set(VENDORS) == {name.lower() for name in ProviderName}
    assert {able.name for able in catalogue.ABLE} == set(PROVIDERS)
    for able in catalogue.ABLE:
        assert able.processes
        assert able.sources


async def test_an_approved_verification_gives_every_process_or_says_why_not(vendor: Vendor) -> None:
    provider, reference = vendor.provider, await made(vendor)

    snapshot = await provider.fetch([reference], imported=False)

    for process in provider.capabilities.processes:
        try:
            outcome = provider.extract(process, snapshot)
        except ProcessFault as fault:
            assert fault.code == "provider_data_not_available"
            assert fault.hint
            continue
        assert isinstance(outcome, Outcome)
        assert all(source.path for source in outcome.sources)
        for media in outcome.media:
            async with provider.download(snapshot, media) as download:
                assert [chunk async for chunk in download.chunks]
    state = provider.state(snapshot, reference)
    assert (state.stage, state.answer) == (Stage.APPROVED, "GREEN")
    assert provider.unknown(snapshot) == ()


async def test_results_follow_from_a_snapshot_alone(vendor: Vendor) -> None:
    """Stored and opened again, it gives the same."""
    provider, reference = vendor.provider, await made(vendor)
    snapshot = await provider.fetch([reference], imported=False)
    again = Snapshot((Reference.of(reference.plain()),), dict(snapshot.payloads), snapshot.fetched_at)

    assert provider.state(again, reference) == provider.state(snapshot, reference)
    for process in provider.capabilities.processes[:1]:
        assert provider.extract(process, again) == provider.extract(process, snapshot)


async def test_what_is_not_decided_is_waited_for_and_what_is_refused_is_not(vendor: Vendor) -> None:
    provider = vendor.provider
    waiting, refused = await made(vendor, UNDECIDED[name_of(vendor)]), await made(vendor, REFUSED[name_of(vendor)])

    undecided = await provider.fetch([waiting], imported=True)
    decided = await provider.fetch([refused], imported=True)

    with pytest.raises(NotReady):
        provider.extract(provider.capabilities.processes[0], undecided)
    with pytest.raises(ProcessFault) as fault:
        provider.extract(provider.capabilities.processes[0], decided)
    assert fault.value.code == "verification_not_approved"
    assert provider.state(decided, refused).stage is Stage.DECLINED
    assert provider.state(undecided, waiting).stage in (Stage.CREATED, Stage.IN_PROGRESS)


async def test_a_look_tells_the_present_state_of_anything(vendor: Vendor) -> None:
    provider = vendor.provider
    for scenario, stage in (("passport", Stage.APPROVED), (REFUSED[name_of(vendor)], Stage.DECLINED)):
        reference = await made(vendor, scenario)
        for thorough in (False, True):
            state = provider.state(await provider.refresh(reference, thorough=thorough), reference)
            assert state.stage is stage
            assert all(provider.meaning(label) for label in state.labels)
    with pytest.raises(Answered) as refusal:
        await provider.refresh(Reference(NOBODY[name_of(vendor)], "default"), thorough=True)
    assert refusal.value.status == 404


async def test_its_own_webhooks_are_authentic_and_no_others(vendor: Vendor) -> None:
    provider, reference = vendor.provider, await made(vendor)

    webhooks = [item for item in await vendor.webhooks() if reference.id in item["body"]]

    assert webhooks
    for item in webhooks:
        headers, body = {key.lower(): value for key, value in item["headers"].items()}, item["body"].encode()
        assert provider.authentic(headers, body)
        notice = provider.notice(body)
        assert notice.subject == reference.id
        assert notice.unknown == ()
        assert not provider.authentic(headers, body + b" ")
        assert not provider.authentic({}, body)
        for key in headers:
            assert not provider.authentic({**headers, key: headers[key][:-1] + "0x"}, body) or "id" in key


async def test_two_events_differ_and_one_keeps_its_identity(vendor: Vendor) -> None:
    provider, reference = vendor.provider, await made(vendor)
    bodies = [item["body"].encode() for item in await vendor.webhooks() if reference.id in item["body"]]

    identities = [provider.notice(body).identity for body in bodies]
    rewritten = [provider.notice(orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2)).identity for body in bodies]

    assert len(set(identities)) == len(bodies)
    assert identities == rewritten


@given(content=JSON, raw=st.binary(max_size=60))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_payload_whatever_makes_it_stumble(content: Any, raw: bytes) -> None:
    """States, notices and drift are read from anything; a process is refused in our own words or not at all."""
    for provider in (sumsub.Sumsub(None, lambda: NOW, sumsub.Setup()), veriff.Veriff({}, lambda: NOW)):  # type: ignore[arg-type]
        for body in (orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS), raw):
            provider.notice(body)
            reference = Reference("a1", "default")
            names = ("status", "steps", "moderation", "applicant", "resources", "decision/a1", "attempts/a1", "media/a1")
            wrapped = orjson.dumps({"verification": orjson.loads(body)}) if body is not raw else body
            snapshot = Snapshot((reference,), {name: wrapped if "decision" in name else body for name in names}, NOW)
            assert isinstance(provider.state(snapshot, reference), VendorState)
            assert len(provider.unknown(snapshot)) <= 30
            for process in provider.capabilities.processes:
                try:
                    provider.extract(process, snapshot)
                except ProcessFault as fault:
                    assert fault.message


NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def test_every_fault_is_explained_with_a_hint(vendor: Vendor) -> None:
    code = vendor.provider.capabilities.name
    faults = [
        NotSent(code, "x"),
        Unanswered(code, "x"),
        *(Answered(code, "x", status=status) for status in (304, 400, 401, 403, 404, 409, 429, 500)),
    ]
    for fault in faults:
        explained = vendor.provider.explain(fault)
        assert explained.code in ("sumsub_client_error", "veriff_client_error", "provider_reference_invalid")
        assert explained.message
        assert explained.hint


async def test_what_it_says_it_can_do_it_can(vendor: Vendor) -> None:
    """Every record can be read; an action that it does not have is nowhere in its hands."""
    provider, reference = vendor.provider, await made(vendor)
    for record in provider.capabilities.records:
        try:
            assert orjson.loads(await provider.read_record(reference, record))
        except Answered as fault:
            assert fault.status == 404
    assert set(provider.capabilities.actions) <= set(ActionKind)
    assert set(ActionKind) >= NEEDS_A_PERSON
    with pytest.raises((Answered, ProcessFault, UserFault)):
        await provider.redeem("no such token", "ing_1")


async def test_the_doctor_finds_nothing_wrong_with_a_good_set_up(vendor: Vendor) -> None:
    findings = [finding async for finding in vendor.provider.examine()]

    assert findings
    assert {finding.health for finding in findings} == {Health.GOOD}


def test_capabilities_are_facts_that_cannot_change() -> None:
    for able in catalogue.ABLE:
        with pytest.raises(dataclasses.FrozenInstanceError):
            able.processes = ()  # type: ignore[misc]


async def test_a_verdict_is_told_even_where_what_explains_it_may_not_be_read() -> None:
    """An app token without some permissions, or an integration without some products, still has verdicts."""
    async with VENDORS["sumsub"](forbidden=frozenset({"steps-status", "moderation-states", "applicant"})) as at_sumsub:
        reference = await made(at_sumsub, "rejected")
        state = at_sumsub.provider.state(await at_sumsub.provider.refresh(reference, thorough=True), reference)
        assert (state.stage, state.steps) == (Stage.DECLINED, ())
    async with VENDORS["veriff"]() as at_veriff:
        waiting = await made(at_veriff, "never-decided")
        await at_veriff.fault("attempts", "403", "404")
        looked = at_veriff.provider.state(await at_veriff.provider.refresh(waiting, thorough=False), waiting)
        fetched = await at_veriff.provider.fetch([waiting], imported=True)
        assert looked.stage is Stage.CREATED
        assert fetched.pending
        assert not fetched.faults
