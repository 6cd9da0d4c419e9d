"""Webhooks as a vendor sends them: retried on the vendor's schedule, with faults on request."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from providers.twin.fault import Faults, WebhookFault

# The number of webhooks that are kept for listing and resending.
REMEMBERED = 50_000
LATE_SECONDS = 2.0


@dataclass
class Delivery:
    """One webhook: its bytes and headers, the status of each attempt (0 for no answer), and `over` after the last attempt."""

    kind: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    answers: list[int] = field(default_factory=list)
    over: bool = False


class Sender:
    """The sender of webhooks to one address. `schedule` gives the delays before each retry of a kind, in seconds, multiplied
    by `pace`. `timeout` is the limit of one attempt in seconds. `good` returns True for a status that ends the retries."""

    def __init__(
        self,
        url: str | None,
        faults: Faults,
        *,
        schedule: Callable[[str], Sequence[float]],
        timeout: float,
        good: Callable[[int], bool],
        pace: float = 1.0,
    ) -> None:
        self._url = url
        self._faults = faults
        self._schedule = schedule
        self._timeout = timeout
        self._good = good
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: httpx.AsyncClient | None = None
        self.sent: deque[Delivery] = deque(maxlen=REMEMBERED)

    def send(self, kind: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Stores a webhook. Sends it in the background if an address is configured and no fault drops it."""
        delivery = Delivery(kind, body, headers)
        self.sent.append(delivery)
        fault = self._faults.webhook()
        if self._url is None or fault is WebhookFault.DROPPED:
            delivery.over = True
            return
        late = self._faults.seconds(LATE_SECONDS) if fault is WebhookFault.LATE else 0.0
        for _ in range(2 if fault is WebhookFault.TWICE else 1):
            self._start(delivery, self._url, late)

    def resend(self, delivery: Delivery) -> None:
        """Sends a delivery again, as the vendor's dashboard can."""
        if self._url is not None:
            self._start(delivery, self._url, 0.0)

    def _start(self, delivery: Delivery, url: str, late: float) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(delivery, url, late))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery, url: str, late: float) -> None:
        for wait in (late, *(seconds * self._pace for seconds in self._schedule(delivery.kind))):
            if wait:
                await asyncio.sleep(wait)
            status = await self._try(delivery, url)
            delivery.answers.append(status)
            if self._good(status):
                break
        delivery.over = True

    async def _try(self, delivery: Delivery, url: str) -> int:
        if self._http is None:
            self._http = httpx.AsyncClient(trust_env=False, timeout=self._timeout)
        try:
            headers = {"Content-Type": "application/json", **delivery.headers}
            return (await self._http.post(url, content=delivery.body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0
