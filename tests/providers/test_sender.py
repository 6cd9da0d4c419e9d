"""A twin's webhooks are sent as its vendor sends them: signed, tried again on schedule, and misbehaving on request."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app import serving
from providers.sumsub.twin import desk as sumsub_desk
from providers.twin.fault import FaultRates, Faults, WebhookFault
from providers.twin.webhook import Sender
from providers.veriff.twin import desk as veriff_desk
from tests.make.vendor import VENDORS

HOST = "127.0.0.1"


class Receiver:
    """Answers with the given statuses, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        self.bodies.append(message.get("body", b""))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def delivered(receiver: Receiver, sender: Any, *, tries: int) -> None:
    for _ in range(300):
        if sender.sent and sender.sent[-1].over and len(receiver.bodies) >= tries:
            return
        await asyncio.sleep(0.01)


def made(url: str, rates: dict[WebhookFault, float] | None = None, **more: Any) -> Sender:
    faults = Faults(FaultRates(webhooks=rates or {}), seed=1)
    given = {"schedule": lambda _: (0.01,) * 4, "timeout": 2.0, "good": lambda status: status == 200, **more}
    return Sender(url, faults, **given)


@pytest.mark.parametrize(
    ("statuses", "answers"),
    [((200,), [200]), ((500, 503, 200), [500, 503, 200]), ((500,), [500] * 5), ((204, 200), [204, 200])],
)
async def test_a_webhook_is_tried_again_until_it_is_taken_or_given_up(statuses: tuple[int, ...], answers: list[int]) -> None:
    receiver, port = Receiver(*statuses), serving.free_port(HOST)
    async with serving.running(receiver, host=HOST, port=port):
        sender = made(f"http://{HOST}:{port}/hook")
        sender.send("kind", b"{}", {})
        await delivered(receiver, sender, tries=len(answers))

    assert sender.sent[0].answers == answers


async def test_a_receiver_that_is_away_is_waited_for() -> None:
    port = serving.free_port(HOST)
    sender = made(f"http://{HOST}:{port}/hook")
    sender.send("kind", b"{}", {})
    for _ in range(200):
        if sender.sent[0].over:
            break
        await asyncio.sleep(0.01)

    assert sender.sent[0].answers == [0] * 5


@pytest.mark.parametrize(("fault", "times"), [(WebhookFault.DROPPED, 0), (WebhookFault.TWICE, 2)])
async def test_it_misbehaves_on_request(fault: WebhookFault, times: int) -> None:
    receiver, port = Receiver(200), serving.free_port(HOST)
    async with serving.running(receiver, host=HOST, port=port):
        sender = made(f"http://{HOST}:{port}/hook", {fault: 1.0})
        sender.send("kind", b"{}", {})
        await delivered(receiver, sender, tries=times)
        await asyncio.sleep(0.05)

    assert len(receiver.bodies) == times


def test_the_vendors_schedules() -> None:
    assert sumsub_desk.RETRIES == (300, 3600, 18_000, 64_800)
    assert sumsub_desk.ACTION_RETRIES == (30, 30, 60, 300)
    assert set(veriff_desk.RETRIES) == {3600}
    assert sum(veriff_desk.RETRIES) == 7 * 86_400


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1_HEX", "HMAC_SHA256_HEX", "HMAC_SHA512_HEX"])
async def test_sumsubs_twin_signs_by_every_algorithm(algorithm: str) -> None:
    async with VENDORS["sumsub"](webhook_algorithm=algorithm) as vendor:
        await vendor.ask("applicants", scenario="passport")
        for item in await vendor.webhooks():
            assert item["headers"]["x-payload-digest-alg"] == algorithm
            assert vendor.provider.authentic(item["headers"], item["body"].encode())


async def test_a_week_and_ten_resubmissions_end_a_session_at_veriff() -> None:
    async with VENDORS["veriff"]() as vendor:
        session = (await vendor.ask("sessions", scenario="never-decided"))["sessionId"]
        statuses = []
        for _ in range(10):
            await vendor.ask(f"sessions/{session}/decision", status="resubmission_requested")
            answer = httpx.Response(200, content=await vendor.client.decision(session)).json()["verification"]
            statuses.append((answer["status"], answer["reasonCode"]))

    assert statuses == [("resubmission_requested", None)] * 9 + [("declined", 539)]
