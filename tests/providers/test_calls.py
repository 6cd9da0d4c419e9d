"""Every documented call of every vendor, signed and answered; and every fault a twin can make, against each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import orjson
import pytest

from app.domain.provider import CallKind
from app.errors import Answered, Unanswered
from providers import catalogue
from providers.call import READ_ATTEMPTS
from providers.sumsub.twin import server as sumsub_server
from providers.sumsub.twin.scenario import load as sumsub_scenarios
from providers.twin.fault import REFUSALS, Fault
from providers.veriff.twin import server as veriff_server
from tests.make.calls import CALLS, JPEG, PREPARE, fresh
from tests.make.vendor import VENDORS, Vendor

EVERY = [(entry.provider.lower(), entry.operation) for entry in catalogue.CALLS]
# What has no JSON in its answer cannot be spoilt by other text.
NO_JSON = {
    "health", "change-fixed-info", "set-presence", "add-tags", "reset", "reset-step", "request-check", "sandbox-verdict",
    "set-inactive", "image", "image-of-inspection", "media",
}  # fmt: skip
STREAMS = {"image", "image-of-inspection", "media"}


@pytest.fixture(scope="module")
async def vendors() -> AsyncIterator[dict[str, Vendor]]:
    scenarios = sumsub_scenarios()
    passport = scenarios["passport"]
    scenarios["passport"] = type(passport)(**{**vars(passport), "aml": {"review": {"answer": "GREEN"}}})
    async with AsyncExitStack() as stack:
        yield {
            "sumsub": await stack.enter_async_context(VENDORS["sumsub"](scenarios=scenarios)),
            "veriff": await stack.enter_async_context(VENDORS["veriff"]()),
        }


@pytest.mark.parametrize(("name", "operation"), EVERY, ids=lambda value: value)
async def test_every_call_is_signed_as_the_vendor_wants_and_answered(vendors: dict[str, Vendor], name: str, operation: str) -> None:
    vendor = vendors[name]

    answer = await CALLS[name][operation](vendor, await PREPARE[name](vendor))

    assert answer


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("name", list(VENDORS))
async def test_every_fault_against_every_call(vendors: dict[str, Vendor], name: str, fault: Fault) -> None:
    """What is raised says what left the building; reads are tried again where that may help, and nothing else ever is."""
    vendor = vendors[name]
    for operation, run in CALLS[name].items():
        ids = await PREPARE[name](vendor)
        wire = "sdk-token-by-query" if operation == "sdk-token-by-body" else operation
        await vendor.fault(wire, *[fault] * READ_ATTEMPTS)
        before, blocked = len(vendor.budget.taken), len(vendor.budget.blocked)
        problem: Exception | None = None
        try:
            await run(vendor, ids)
        except (Answered, Unanswered) as raised:
            problem = raised
        taken = vendor.budget.taken[before:]
        # What has an allowance of its own is taken from that of all readings, too.
        special = [kind for kind in taken if kind is CallKind.SCREENING]
        assert not special or taken == [CallKind.SCREENING, CallKind.READ] * len(special)
        calls = special or taken
        await vendor.ask("faults/clear", operation=wire)

        expected, tries = outcome(name, operation, fault, calls)
        assert type(problem) is (expected or type(None)), (operation, fault, problem)
        assert len(calls) == tries, (operation, fault, calls)
        if isinstance(problem, Answered):
            assert problem.status == REFUSALS[fault]
            assert problem.passing is (fault in (Fault.SERVER_ERROR, Fault.TOO_MANY))
        assert (len(vendor.budget.blocked) > blocked) is (fault is Fault.TOO_MANY), operation


def outcome(name: str, operation: str, fault: Fault, calls: list[CallKind]) -> tuple[type | None, int]:
    """What a call ends in, and how many calls it takes."""
    again = READ_ATTEMPTS if calls[-1] in (CallKind.READ, CallKind.SCREENING) and operation not in STREAMS | {"health"} else 1
    extra = 1 if operation == "submit-session" else 0
    if fault in REFUSALS:
        return Answered, (again if fault is Fault.SERVER_ERROR else 1) + extra
    if fault in (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TRUNCATED):
        return Unanswered, again + extra
    if fault is Fault.NOT_JSON and operation not in NO_JSON:
        return Unanswered, again + extra
    if fault is Fault.FORGED and name == "veriff" and operation not in STREAMS:
        return Unanswered, again + extra
    return None, 1 + extra


def test_the_catalogue_is_what_the_code_can_do() -> None:
    from api import schema

    wires = {"sumsub": sumsub_server.WIRE, "veriff": veriff_server.WIRE}
    known = {name: {route[2] for route in wires[name]} | {"sdk-token-by-body"} for name in wires}
    missing = []
    for entry in catalogue.CALLS:
        name = entry.provider.lower()
        if entry.operation not in known[name] or entry.operation not in CALLS[name]:
            missing.append(f"{name} {entry.operation}: no twin or no test")
        if entry.graphql:
            kind, field = entry.graphql.split(".")
            if field not in schema.core.type_map[kind].fields:  # type: ignore[attr-defined]
                missing.append(f"{entry.graphql} is not in the schema")
    assert missing == []
    for name, operations in known.items():
        listed = {entry.operation for entry in catalogue.CALLS if entry.provider.lower() == name}
        assert operations - listed <= {"sdk-token-by-body"}, name


def test_the_document_holds_what_is_generated() -> None:
    text = catalogue.DOCUMENT.read_text()

    assert text == catalogue.written(text), "run: .venv/bin/python -m providers.catalogue"


async def test_the_vendors_own_example_of_a_digest(vendors: dict[str, Vendor]) -> None:
    answer = orjson.loads(await vendors["sumsub"].client.service.digest("SoMe_SeCrEt_KeY", b"someText"))

    assert answer == {"digest": "f6e92ffe371718694d46e28436f76589312df8db"}


async def test_an_added_document_tells_its_image_and_what_is_wrong_with_it(vendors: dict[str, Vendor]) -> None:
    vendor = vendors["sumsub"]
    ids = await PREPARE["sumsub"](vendor)
    add = vendor.client.documents.add

    good = await add(ids["blank"], {"idDocType": "PASSPORT", "country": "ESP"}, JPEG + fresh("x").encode())
    poor = await add(ids["blank"], {"idDocType": "PASSPORT", "country": "ESP", "number": "UNREADABLE"}, JPEG + fresh("x").encode())
    data_only = await add(ids["blank"], {"idDocType": "PASSPORT", "country": "ESP", "number": "X1"})

    assert good.image_id
    assert (good.errors, good.warnings) == ((), ())
    assert poor.errors == ("dataNotReadable",)
    assert data_only.image_id is None
    assert data_only.document["number"] == "X1"


@pytest.mark.parametrize(
    ("content", "metadata", "code"),
    [
        (b"", {}, 1003),
        (b"II*\x00tiff", {}, 1005),
        (b"nothing known", {}, 1004),
        (JPEG, {"idDocType": "UTILITY_BILL"}, 1010),
        ("twice", {}, 1000),
    ],
)
async def test_a_document_that_is_refused_names_the_vendors_code(
    vendors: dict[str, Vendor], content: Any, metadata: dict[str, str], code: int
) -> None:
    vendor = vendors["sumsub"]
    ids = await PREPARE["sumsub"](vendor)
    given = {"idDocType": "PASSPORT", "country": "ESP", **metadata}
    if content == "twice":
        content = JPEG
        await vendor.client.documents.add(ids["blank"], given, content)

    with pytest.raises(Answered) as refused:
        await vendor.client.documents.add(ids["blank"], given, content)

    assert (refused.value.vendor_code, refused.value.correlation_id is not None) == (code, True)


async def test_what_the_twins_states_forbid(vendors: dict[str, Vendor]) -> None:
    sumsub, veriff = vendors["sumsub"].client, vendors["veriff"].client
    at_sumsub, at_veriff = await PREPARE["sumsub"](vendors["sumsub"]), await PREPARE["veriff"](vendors["veriff"])
    await vendors["sumsub"].ask(f"applicants/{at_sumsub['applicant']}/review", reviewStatus="pending")

    async def status(call: Any) -> tuple[int, int | None]:
        with pytest.raises(Answered) as refused:
            await call
        return refused.value.status, refused.value.vendor_code

    assert await status(sumsub.documents.set_inactive(at_sumsub["inspection"], at_sumsub["image"])) == (304, None)
    assert await status(sumsub.applicants.change_level(at_sumsub["applicant"], "id-only")) == (400, 1006)
    assert await status(sumsub.reviews.request_check(at_sumsub["applicant"])) == (400, 3000)
    assert await status(sumsub.applicants.reset_step(at_sumsub["applicant"], "NOTHING")) == (400, None)
    await sumsub.applicants.block(at_sumsub["applicant"], "once")
    assert await status(sumsub.applicants.block(at_sumsub["applicant"], "twice")) == (400, 5000)
    assert await status(veriff.submit_session(at_veriff["created"])) == (400, 400)
    assert await status(veriff.add_media(at_veriff["decided"], "face", JPEG)) == (409, 409)
    assert await status(veriff.submit_session(at_veriff["decided"])) == (409, 409)


async def test_an_applicant_made_by_calls_alone_ends_with_a_verdict(vendors: dict[str, Vendor]) -> None:
    """As an integration by API does it: create, add documents, ask for the check; at Veriff create, add, submit."""
    sumsub, veriff = vendors["sumsub"].client, vendors["veriff"].client
    applicant = orjson.loads(await sumsub.applicants.create(fresh("whole"), "id-only"))["id"]
    early = None
    try:
        await sumsub.reviews.request_check(applicant)
    except Answered as refused:
        early = refused.status
    await sumsub.documents.add(applicant, {"idDocType": "PASSPORT", "country": "ESP"}, JPEG + fresh("w").encode())
    await sumsub.reviews.request_check(applicant)
    review = orjson.loads(await sumsub.reviews.status(applicant))
    session = orjson.loads(await veriff.create_session())["verification"]["id"]
    undecided = orjson.loads(await veriff.decision(session))["verification"]
    await veriff.add_media(session, "document-front", JPEG)
    await veriff.submit_session(session)
    decision = orjson.loads(await veriff.decision(session))["verification"]

    assert early == 400
    assert (review["reviewStatus"], review["reviewResult"]) == ("completed", {"reviewAnswer": "GREEN"})
    assert orjson.loads(await sumsub.applicants.read(applicant))["info"]["idDocs"]
    assert undecided is None
    assert decision["status"] == "approved"
