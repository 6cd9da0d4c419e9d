"""Sumsub's client on the wire: what is signed is what is sent, faults say what left the building, nothing secret is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from app import serving
from app.domain.provider import CallKind
from app.domain.reference import Reference
from app.errors import Answered, NotReady, NotSent, ProcessFault, Unanswered, VendorFault
from providers import wire
from providers.sumsub import errors
from providers.sumsub.account import Account
from providers.sumsub.adapter import Setup, Sumsub
from providers.sumsub.client import Client
from providers.sumsub.signature import sign
from tests.make.applicant import FETCHED_AT

ACCOUNT = Account("https://api.example", "sbx:token", b"demo-secret", "basic kyc+level")


class Budget:
    def __init__(self) -> None:
        self.taken: list[CallKind] = []
        self.blocked: list[tuple[CallKind, float]] = []

    async def take(self, kind: CallKind) -> None:
        self.taken.append(kind)

    async def block(self, kind: CallKind, seconds: float) -> None:
        self.blocked.append((kind, seconds))


def client(answer: Callable[[httpx.Request], httpx.Response], budget: Budget | None = None) -> Client:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Client(http, ACCOUNT, budget or Budget(), epoch=lambda: 1_760_000_000.9)


def test_the_signature_vectors() -> None:
    assert (
        sign(b"demo-secret", "1760000000", "GET", "/resources/applicants/65f0c0ffee00000000000001/one", b"")
        == "75dc61b299cd998f4bd8c19990ff8f82f053d18da4c06bf0e4bfb338428fd867"
    )
    assert (
        sign(
            b"demo-secret",
            "1760000000",
            "post",
            "/resources/accessTokens/sdk",
            b'{"userId":"user-1","levelName":"basic-kyc","ttlInSecs":600}',
        )
        == "4845dfd4cfbf0c37f83ffd90ea357501111615f43a4517c7c8828bc8c73f74e9"
    )


@pytest.mark.parametrize("token", ["plain", "a b+c/d=&;%25", "é→", "_act-sbx-jwt-x.y.", "a%2Fb"])
async def test_the_bytes_that_are_signed_are_the_bytes_that_are_sent(token: str) -> None:
    """Over a real connection: the server sees the raw request target that the signature covers."""
    seen: list[tuple[str, str, str]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        target = scope["raw_path"].decode() + "?" + scope["query_string"].decode()
        seen.append((scope["method"] + target, headers["x-app-access-sig"], headers["x-app-access-ts"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"id": "a1"}'})

    port = serving.free_port("127.0.0.1")
    account = Account(f"http://127.0.0.1:{port}", "sbx:token", b"demo-secret", "basic kyc+level")
    async with serving.running(application, host="127.0.0.1", port=port), wire.client() as http:
        await Client(http, account, Budget(), epoch=time.time).importing.reuse(token, "ing_1", account.level)

    ((target, signature, timestamp),) = seen
    assert signature == hmac.new(b"demo-secret", f"{timestamp}{target}".encode(), hashlib.sha256).hexdigest()
    query = httpx.QueryParams(target.split("?", 1)[1])
    assert (query["shareToken"], query["levelName"], query["userId"]) == (token, "basic kyc+level", "ing_1")


async def test_reads_are_tried_again_and_redeeming_never_is() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        return httpx.Response(503)

    found = client(answer)
    with pytest.raises(Answered):
        await found.reviews.status("a1")
    with pytest.raises(Answered):
        await found.importing.reuse("t", "u", "l")

    assert calls == ["GET", "GET", "GET", "POST"]


async def test_too_many_requests_blocks_the_shared_budget_for_as_long_as_the_vendor_says() -> None:
    budget = Budget()
    found = client(lambda _: httpx.Response(429, headers={"Retry-After": "7"}), budget)
    silent = client(lambda _: httpx.Response(429), budget)

    with pytest.raises(Answered) as refused:
        await found.reviews.status("a1")
    with pytest.raises(Answered):
        await silent.importing.reuse("t", "u", "l")

    assert refused.value.retry_after == 7.0
    assert refused.value.passing
    assert budget.blocked == [(CallKind.READ, 7.0), (CallKind.WRITE, 5.0)]
    assert budget.taken == [CallKind.READ, CallKind.WRITE]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, headers={"Content-Encoding": "br"}, stream=httpx.ByteStream(b"{}")),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b'{"id": "a'),
        httpx.Response(200, content=b"[]"),
        httpx.Response(200, content=b"null"),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b'{"a": "' + b"x" * 5_000_000 + b'"}'),
    ],
)
async def test_an_answer_that_cannot_be_used_may_have_taken_effect(answer: httpx.Response) -> None:
    with pytest.raises(Unanswered):
        await client(lambda _: answer).importing.reuse("t", "u", "l")


async def test_no_connection_means_nothing_was_sent() -> None:
    account = Account(f"http://127.0.0.1:{serving.free_port('127.0.0.1')}", "t", b"s", "l")
    async with wire.client() as http:
        with pytest.raises(NotSent):
            await Client(http, account, Budget(), epoch=time.time).importing.reuse("t", "u", "l")


async def test_a_hundred_calls_at_once_share_one_client() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    port = serving.free_port("127.0.0.1")
    account = Account(f"http://127.0.0.1:{port}", "t", b"s", "l")
    async with serving.running(application, host="127.0.0.1", port=port), wire.client() as http:
        found = Client(http, account, Budget(), epoch=time.time)
        async with asyncio.timeout(10):
            answers = await asyncio.gather(*(found.reviews.status("a1") for _ in range(100)))

    assert len(answers) == 100


async def test_errors_and_reprs_hold_no_secret() -> None:
    error = {"description": "x", "errorCode": 10503, "errorName": "n", "correlationId": "req-1"}
    found = client(lambda _: httpx.Response(400, json=error))

    with pytest.raises(Answered) as refused:
        await found.importing.reuse("TOPSECRET", "u", "l")

    fault = refused.value
    assert (fault.vendor_code, fault.vendor_name, fault.correlation_id, fault.passing) == (10503, "n", "req-1", False)
    texts = [str(fault), repr(fault), repr(ACCOUNT), str(errors.explain(fault))]
    assert not any("TOPSECRET" in text or "demo-secret" in text or "sbx:token" in text for text in texts)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Answered("SUMSUB", "reuse", status=401), "provider_reference_invalid"),
        (Answered("SUMSUB", "import", status=401), "provider_reference_invalid"),
        (Answered("SUMSUB", "reuse", status=401, vendor_code=4003), "sumsub_client_error"),
        (Answered("SUMSUB", "status", status=401), "sumsub_client_error"),
        (Answered("SUMSUB", "status", status=403), "sumsub_client_error"),
        (Answered("SUMSUB", "status", status=404), "provider_reference_invalid"),
        (Answered("SUMSUB", "reuse", status=400, vendor_code=10503), "provider_reference_invalid"),
        (Answered("SUMSUB", "reuse", status=400, vendor_code=10507), "verification_not_approved"),
        (Answered("SUMSUB", "reuse", status=400, vendor_code=10512), "provider_data_not_available"),
        (Answered("SUMSUB", "reuse", status=400, vendor_code=10501), "sumsub_client_error"),
        (Answered("SUMSUB", "status", status=500), "sumsub_client_error"),
        (Unanswered("SUMSUB", "reuse"), "sumsub_client_error"),
        (NotSent("SUMSUB", "reuse"), "sumsub_client_error"),
    ],
)
def test_the_vendors_errors_have_codes_messages_and_hints(fault: VendorFault, code: str) -> None:
    found = errors.explain(fault)

    assert found.code == code
    assert found.message
    assert found.hint
    assert found.details


def sumsub(status: dict[str, Any], **applicant: Any) -> Sumsub:
    def answer(request: httpx.Request) -> httpx.Response:
        body = status if request.url.path.endswith("/status") else {"id": "a1", **applicant}
        return httpx.Response(200, content=orjson.dumps(body))

    return Sumsub(client(answer), lambda: FETCHED_AT, Setup())


A1 = (Reference("a1"),)
GREEN = {"reviewStatus": "completed", "reviewResult": {"reviewAnswer": "GREEN"}}
RED = {"reviewStatus": "completed", "reviewResult": {"reviewAnswer": "RED", "reviewRejectType": "FINAL"}}


@pytest.mark.parametrize("state", ["init", "pending", "prechecked", "queued", "onHold", "awaitingUser", "tomorrowsWord"])
async def test_an_undecided_import_is_waited_for_and_an_undecided_applicant_is_not(state: str) -> None:
    waiting = await sumsub({"reviewStatus": state}).fetch(A1, imported=True)
    with pytest.raises(NotReady):
        waiting.require("a1")
    refused = await sumsub({"reviewStatus": state}).fetch(A1, imported=False)
    with pytest.raises(ProcessFault) as fault:
        refused.require("a1")

    assert fault.value.code == "verification_not_approved"


@pytest.mark.parametrize("imported", [True, False])
async def test_only_completed_and_green_is_approved(imported: bool) -> None:
    for review in (RED, {"reviewStatus": "completed"}, {"reviewStatus": "completed", "reviewResult": {"reviewAnswer": "YELLOW"}}):
        refused = await sumsub(review).fetch(A1, imported=imported)
        with pytest.raises(ProcessFault) as fault:
            refused.require("a1")
        assert fault.value.code == "verification_not_approved"
    approved = await sumsub(GREEN).fetch(A1, imported=imported)
    approved.require("a1")
    assert set(approved.payloads) == {"applicant", "status", "steps", "resources"}


async def test_a_verdict_that_turns_while_reading_counts() -> None:
    turned = await sumsub(GREEN, review=RED).fetch(A1, imported=True)

    with pytest.raises(ProcessFault):
        turned.require("a1")
    assert "applicant" not in turned.payloads


async def test_an_answer_about_another_applicant_is_not_believed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=GREEN if request.url.path.endswith("/status") else {"id": "zz", "externalUserId": "other"})

    found = Sumsub(client(answer), lambda: FETCHED_AT, Setup())
    with pytest.raises(Unanswered):
        await found.fetch(A1, imported=True)
    with pytest.raises(Unanswered):
        await found.find("ing_1")


async def test_the_import_product_is_a_setting() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(f"{request.method} {request.url.path} {request.url.params.get('trustReview')}")
        return httpx.Response(200, json={"id": "a1"})

    for copy in (False, True):
        assert await Sumsub(client(answer), lambda: FETCHED_AT, Setup(copy=copy)).redeem("t", "ing_1") == "a1"

    assert paths == ["POST /resources/api/reusableIdentity/reuse None", "POST /resources/applicants/-/import true"]
