"""The twin's control routes: sessions on request, manual decisions, attempts, screenings and statuses."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.routing import Route

from providers.twin import control
from providers.twin.control import Refused
from providers.twin.fault import Fault
from providers.veriff.twin import payload
from providers.veriff.twin.desk import Twin
from providers.veriff.twin.store import Session, stamp

Given = dict[str, Any]


def routes(twin: Twin) -> list[Route]:
    return [
        control.route("/_twin/sessions", partial(make, twin)),
        control.route("/_twin/sessions", partial(listing, twin), "GET"),
        control.route("/_twin/sessions/{id}/decision", partial(decide, twin)),
        control.route("/_twin/sessions/{id}/attempts", partial(try_again, twin)),
        control.route("/_twin/sessions/{id}/watchlist", partial(screen, twin)),
        control.route("/_twin/sessions/{id}/status", partial(define, twin)),
        *control.routes(twin),
    ]


async def make(twin: Twin, _: Request, given: Given) -> object:
    """Creates and submits sessions. Raises Refused for an unknown scenario or integration.

    Takes `{"scenario": NAME, "integration": NAME, "vendorData": …, "count": N}`.
    """
    scenario = twin.options.scenarios.get(str(given.get("scenario")))
    integration = str(given.get("integration") or next(iter(twin.options.integrations)))
    if scenario is None or integration not in twin.options.integrations:
        raise Refused("There is no such scenario or integration")
    made = []
    for _number in range(int(given.get("count", 1))):
        facts = {"vendorData": given.get("vendorData")}
        session = twin.store.make(scenario, integration, facts, time.time(), blank=False)
        for operation, faults in scenario.faults.items():
            twin.faults.script(operation, session.id, [Fault(name) for name in faults])
        twin.submit(session, time.time())
        made.append(session.id)
    return {"sessionId": made[0], "sessionIds": made, "integration": integration, "scenario": scenario.name}


async def listing(twin: Twin, _: Request, __: Given) -> object:
    """Returns id, vendorData and status of the sessions, oldest first."""
    found = twin.store.sessions.values()
    return [{"id": item.id, "vendorData": item.given.get("vendorData"), "status": item.status} for item in found]


async def decide(twin: Twin, request: Request, given: Given) -> object:
    """Sets a decision manually. Takes `{"status": …, "decision": {…}}` with any words.

    Keeps the current decision, or the scenario's, if `decision` is missing.
    """
    found = _session(twin, request)
    decision = orjson.loads(orjson.dumps(given.get("decision", found.decision or found.scenario.decision)))
    twin.decide(found, time.time(), str(given["status"]), decision)
    return {"ok": 1}


async def try_again(twin: Twin, request: Request, _: Given) -> object:
    """Starts a new attempt of a session, as an applicant does after a request to resubmit."""
    twin.try_again(_session(twin, request), time.time())
    return {"ok": 1}


async def screen(twin: Twin, request: Request, given: Given) -> object:
    """Replaces the watch-list screening of a session and sends its webhook."""
    found = _session(twin, request)
    found.watchlist = given
    twin.tell("watchlist", found, payload.watchlist(found, "updated_result"))
    return {"ok": 1}


async def define(twin: Twin, request: Request, given: Given) -> object:
    """Sends the webhook of a status that the integration's owner sets on a session in Veriff's portal."""
    found = _session(twin, request)
    content = {
        "eventType": "user-status.created",
        "attemptId": found.attempt.id,
        "sessionId": found.id,
        "time": stamp(time.time()),
        "data": {"verification": {"userDefinedData": given}},
    }
    twin.tell("user-status.created", found, content)
    return {"ok": 1}


def _session(twin: Twin, request: Request) -> Session:
    found = twin.store.sessions.get(request.path_params["id"])
    if found is None:
        raise Refused("Session not found")
    return found
