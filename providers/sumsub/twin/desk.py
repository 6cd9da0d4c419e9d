"""Core of the twin: authentication, rate limits, injected faults, review progress and webhooks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from providers.sumsub import webhook
from providers.sumsub.twin import auth, payload, recognition
from providers.sumsub.twin.answer import Problem, refusal
from providers.sumsub.twin.options import Options
from providers.sumsub.twin.store import Applicant, Store, stamp
from providers.twin.cut import Cut, spoilt
from providers.twin.fault import REFUSALS, Fault, Faults
from providers.twin.webhook import Sender

# "5 minutes, 1 hour, 5 and 18 hours"; actions are retried sooner (docs.sumsub.com, webhooks).
RETRIES = (300.0, 3600.0, 18_000.0, 64_800.0)
ACTION_RETRIES = (30.0, 30.0, 60.0, 300.0)
TIMEOUT_SECONDS = 10.0
# Verdicts further in the future get no timer; they are applied when the applicant is next read.
TIMER_MOST = 3600.0
BUSY = frozenset({"pending", "prechecked", "queued", "onHold"})


@dataclass(frozen=True)
class Call:
    """One authenticated call and the twin that handles it."""

    twin: Twin
    request: Request
    body: bytes
    now: float
    stale: bool = False

    def query(self, name: str, *, needed: bool = True) -> str:
        value = self.request.query_params.get(name, "")
        if needed and not value:
            raise Problem(400, f"Required parameter '{name}' is missing")
        return value

    def applicant(self) -> Applicant:
        found = self.twin.store.applicants.get(self.request.path_params["id"])
        if found is None:
            raise Problem(404, "Applicant not found")
        self.twin.settle(found, self.now)
        return found

    def changeable(self) -> Applicant:
        """Returns the applicant. Raises Problem with error code 1008 if it is deactivated."""
        found = self.applicant()
        if found.deleted:
            raise refusal(1008)
        return found

    def json(self, *, kind: type = dict) -> Any:
        try:
            content = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Problem(400, "The body is not JSON") from None
        if not isinstance(content, kind):
            raise Problem(400, f"The body must be a JSON {'object' if kind is dict else 'array'}")
        return content

    def level(self, name: str) -> str:
        if name not in self.twin.options.levels:
            raise Problem(400, f"Level '{name}' is not found")
        return name


Handler = Callable[[Call], Coroutine[Any, Any, Response]]


class Twin:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.store = Store(options)
        self.faults = Faults(options.faults, options.seed)
        self.sender = Sender(
            options.webhook_url,
            self.faults,
            schedule=lambda kind: ACTION_RETRIES if kind.startswith("applicantAction") else RETRIES,
            timeout=TIMEOUT_SECONDS,
            good=lambda status: 200 <= status < 300,
            pace=options.webhook_pace,
        )

    def route(self, operation: str, handler: Handler, subject: Callable[[Request], str]) -> Any:
        """Wraps a handler with authentication, rate limits and injected faults."""

        async def endpoint(request: Request) -> Response:
            correlation = f"req-{self.store.new_id('correlation')}"
            if self.options.faults.latency_ms:
                await asyncio.sleep(self.options.faults.latency_ms / 1000)
            now = time.time()
            body = await request.body()
            try:
                auth.check(request, body, app_token=self.options.app_token, secret_key=self.options.secret_key, now=now)
                self.store.limit(request.method, now)
                fault = self.faults.next(operation, subject(request))
                if fault is Fault.CUT_BEFORE:
                    return Cut()
                self._refuse(operation, fault)
                answer = await handler(Call(self, request, body, now, stale=fault is Fault.STALE))
            except Problem as problem:
                return problem.response(correlation)
            return spoilt(answer, fault, payload.disturbed)

        return endpoint

    def _refuse(self, operation: str, fault: Fault | None) -> None:
        if operation in self.options.forbidden:
            raise Problem(403, "The app token lacks the permission for this")
        if fault in REFUSALS:
            headers = {"Retry-After": "1"} if fault is Fault.TOO_MANY else {}
            raise Problem(REFUSALS[fault], "A fault on request", headers=headers)

    def admit(self, applicant: Applicant, now: float) -> None:
        """Admits a new applicant with complete documents: scripts its faults, sends the webhook and starts the check."""
        for operation, faults in applicant.scenario.faults.items():
            if operation not in ("reuse", "import"):
                self.faults.script(operation, applicant.id, [Fault(name) for name in faults])
        self.tell("applicantCreated", applicant, now)
        self.begin(applicant, now)

    def begin(self, applicant: Applicant, now: float) -> None:
        """Starts the check and recognises the documents. The check ends with the scenario's verdict after its review time."""
        recognition.recognise(applicant, everything=True)
        self.change(applicant, now, "pending", None, "applicantPending")
        applicant.verdict = (now + applicant.scenario.review_seconds, applicant.scenario.review)
        self.settle(applicant, now)
        if applicant.verdict is not None and applicant.scenario.review_seconds <= TIMER_MOST:
            loop = asyncio.get_running_loop()
            loop.call_later(applicant.scenario.review_seconds, lambda: self.settle(applicant, time.time()))

    def settle(self, applicant: Applicant, now: float) -> None:
        """Applies the verdict if it is due."""
        if applicant.verdict is None or now < applicant.verdict[0]:
            return
        _, review = applicant.verdict
        self.decide(applicant, now, review["reviewStatus"], review.get("reviewResult"))

    def decide(self, applicant: Applicant, now: float, status: str, result: dict[str, Any] | None) -> None:
        """Applies or changes the vendor's verdict."""
        applicant.verdict = None
        if (result or {}).get("reviewAnswer") == "GREEN":
            recognition.recognise(applicant, everything=False)
        for step in applicant.steps.values():
            if step is not None and result is not None:
                step.setdefault("reviewResult", {"reviewAnswer": result.get("reviewAnswer")})
        kinds = {"completed": "applicantReviewed", "onHold": "applicantOnHold", "pending": "applicantPending"}
        self.change(applicant, now, status, result, kinds.get(status, "applicantPrechecked"))

    def change(self, applicant: Applicant, now: float, status: str, result: dict[str, Any] | None, kind: str) -> None:
        applicant.before = payload.review(applicant)
        applicant.status, applicant.result = status, result
        applicant.reviewed_at = now if status == "completed" else None
        self.tell(kind, applicant, now)

    def tell(self, kind: str, applicant: Applicant, now: float) -> None:
        """Sends one webhook, signed with the configured algorithm. It holds no personal data."""
        content: dict[str, Any] = {
            "applicantId": applicant.id,
            "inspectionId": applicant.inspection_id,
            "applicantType": "individual",
            "correlationId": f"req-{self.store.new_id('correlation')}",
            "levelName": applicant.level,
            "sandboxMode": self.options.app_token.startswith("sbx:"),
            "externalUserId": applicant.external_user_id,
            "type": kind,
            "reviewStatus": applicant.status,
            "createdAt": stamp(now) + "+0000",
            "createdAtMs": f"{stamp(now)}.{int(now * 1000) % 1000:03d}",
            "clientId": "gatehouse-twin",
        }
        if applicant.result is not None:
            content["reviewResult"] = applicant.result
        self.send(kind, orjson.dumps(content))

    def send(self, kind: str, body: bytes) -> None:
        algorithm = self.options.webhook_algorithm
        digest = webhook.digest(self.options.webhook_secret.encode(), body, algorithm)
        self.sender.send(kind, body, {"x-payload-digest": digest, "x-payload-digest-alg": algorithm})
