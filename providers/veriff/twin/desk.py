"""The twin's core: authentication, faults on request, the life of a session, and webhooks."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from providers.twin.cut import Cut, spoilt
from providers.twin.fault import REFUSALS, Fault, Faults
from providers.twin.webhook import Sender
from providers.veriff.signature import sign
from providers.veriff.twin import payload
from providers.veriff.twin.answer import Problem
from providers.veriff.twin.options import Options
from providers.veriff.twin.store import LIFE_SECONDS, RESUBMISSIONS, TOO_OFTEN, Attempt, Session, Store

# Retries about hourly for up to a week, until the status is exactly 200.
RETRIES = (3600.0,) * 168
TIMEOUT_SECONDS = 5.0
# The webhook of a resubmission request is sent after five minutes.
HELD_SECONDS = 300.0
TIMER_MOST = 3600.0
Handler = Callable[["Call"], Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class Call:
    """One authenticated call of one integration."""

    twin: Twin
    request: Request
    body: bytes
    now: float
    integration: str
    stale: bool = False

    def session(self) -> Session:
        found = self.twin.store.owned(self.request.path_params["id"], self.integration)
        self.twin.settle(found, self.now)
        return found

    def json(self) -> dict[str, Any]:
        try:
            content = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Problem(400, "The body is not JSON") from None
        if not isinstance(content, dict):
            raise Problem(400, "The body is not a JSON object")
        return content


class Twin:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.store = Store(options)
        self.faults = Faults(options.faults, options.seed)
        self.sender = Sender(
            options.webhook_url,
            self.faults,
            schedule=lambda _: RETRIES,
            timeout=TIMEOUT_SECONDS,
            good=lambda status: status == 200,
            pace=options.webhook_pace,
        )

    def route(self, operation: str, handler: Handler, *, signed: str | None, subject: str = "id") -> Any:
        """Returns an endpoint that wraps a handler with authentication, limits and faults.

        `signed` names the path parameter that the signature covers. None stands for the body, "" for no signature.
        """

        async def endpoint(request: Request) -> Response:
            if self.options.faults.latency_ms:
                await asyncio.sleep(self.options.faults.latency_ms / 1000)
            now, body = time.time(), await request.body()
            try:
                integration = self._authenticated(request, body, signed)
                self.store.limit(now)
                fault = self.faults.next(operation, str(request.path_params.get(subject, "")))
                if fault is Fault.CUT_BEFORE:
                    return Cut()
                if fault in REFUSALS:
                    raise Problem(REFUSALS[fault], "A fault on request")
                answer = await handler(Call(self, request, body, now, integration, stale=fault is Fault.STALE))
            except Problem as problem:
                return problem.response()
            return self._proven(spoilt(answer, fault, payload.disturbed), integration, forged=fault is Fault.FORGED)

        return endpoint

    def _authenticated(self, request: Request, body: bytes, signed: str | None) -> str:
        key = request.headers.get("x-auth-client", "")
        name = next((name for name, keys in self.options.integrations.items() if keys.api_key == key), None)
        if name is None:
            raise Problem(401, "Unknown API key")
        if signed == "":
            return name
        what = body if signed is None else str(request.path_params[signed]).encode()
        expected = sign(self.options.integrations[name].secret.encode(), what)
        if not hmac.compare_digest(expected.encode(), request.headers.get("x-hmac-signature", "").encode()):
            raise Problem(401, "Mandatory X-HMAC-SIGNATURE header is missing or wrong")
        return name

    def _proven(self, answer: Response, integration: str, *, forged: bool) -> Response:
        """Signs a response over its body, except files and broken connections. `forged` makes the signature wrong."""
        if not isinstance(answer, (Cut, StreamingResponse)):
            keys = self.options.integrations[integration]
            secret = "forged" if forged else keys.secret
            answer.headers["vrf-auth-client"] = keys.api_key
            answer.headers["vrf-hmac-signature"] = sign(secret.encode(), bytes(answer.body))
        return answer

    def start(self, session: Session) -> None:
        """Starts a session, as an applicant does by opening its page. Does nothing if it has been started."""
        if session.status == "created":
            session.status = session.attempt.status = "started"
            self.tell("event.started", session, payload.event(session, "started"))

    def submit(self, session: Session, now: float) -> None:
        """Submits a session. Its scenario's decision follows after the scenario's time, or never."""
        self.start(session)
        session.status = session.attempt.status = "submitted"
        self.tell("event.submitted", session, payload.event(session, "submitted"))
        if session.scenario.seconds is None:
            return
        session.due = now + session.scenario.seconds
        self.settle(session, now)
        if session.due is not None and session.scenario.seconds <= TIMER_MOST:
            asyncio.get_running_loop().call_later(session.scenario.seconds, lambda: self.settle(session, time.time()))

    def decide_by_itself(self, session: Session) -> None:
        """Schedules the submission of a session for a test address, without an applicant."""
        asyncio.get_running_loop().call_later(self.options.decision_seconds, lambda: self.submit(session, time.time()))

    def settle(self, session: Session, now: float) -> None:
        """Makes the decision that is due. Expires or abandons an unsubmitted session that is over seven days old."""
        if session.due is not None and now >= session.due:
            self.decide(session, now, session.scenario.status, session.scenario.decision)
        elif session.status in ("created", "started") and now > session.created_at + LIFE_SECONDS:
            self.decide(session, now, "expired" if session.status == "created" else "abandoned", {})

    def decide(self, session: Session, now: float, status: str, decision: dict[str, Any]) -> None:
        """Makes or changes the decision of a session. Declines it after too many resubmission requests."""
        session.due = None
        if session.decision is not None:
            session.before = payload.decision(session)
        if status == "resubmission_requested":
            session.resubmissions += 1
            if session.resubmissions > RESUBMISSIONS:
                status, decision = "declined", {**decision, "reasonCode": TOO_OFTEN, "reason": "Too many resubmissions"}
        session.status = session.attempt.status = status
        # Two decisions of a session never have the same time.
        session.decision, session.decided_at = decision, max(now, (session.decided_at or 0.0) + 0.000_002)
        content = payload.decision(session)
        held = HELD_SECONDS * self.options.webhook_pace if status == "resubmission_requested" else 0.0
        if held:
            asyncio.get_running_loop().call_later(held, lambda: self.tell(f"decision.{status}", session, content))
        else:
            self.tell(f"decision.{status}", session, content)
        if session.watchlist is not None and status == "approved":
            self.tell("watchlist", session, payload.watchlist(session, "initial_result"))

    def try_again(self, session: Session, now: float) -> None:
        """Adds a new attempt to a session and clears its decision."""
        session.attempts.append(Attempt(self.store.new_id("attempt"), now, "started"))
        session.status, session.decision = "started", None

    def tell(self, kind: str, session: Session, content: dict[str, Any]) -> None:
        """Sends one webhook, with both families of headers."""
        keys, body = self.options.integrations[session.integration], orjson.dumps(content)
        signature = sign(keys.secret.encode(), body)
        headers = {f"{family}-auth-client": keys.api_key for family in ("x", "vrf")}
        headers |= {f"{family}-hmac-signature": signature for family in ("x", "vrf")}
        self.sender.send(kind, body, {**headers, "vrf-integration-id": session.integration})
