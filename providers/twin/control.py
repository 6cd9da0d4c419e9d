"""The unsigned control routes that all twins have: they script faults, and list and resend webhooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.twin.fault import Fault, Faults
from providers.twin.webhook import Sender

Handler = Callable[[Request, dict[str, Any]], Awaitable[object]]


class Refused(Exception):
    """A control request that the twin cannot carry out. The text gives the reason."""


def route(address: str, handler: Handler, method: str = "POST") -> Route:
    """Returns a route that passes the JSON object of the body to the handler and sends its result as JSON."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            given = orjson.loads(body) if body else {}
            if not isinstance(given, dict):
                raise Refused("Send a JSON object")
            content, status = await handler(request, given), 201 if method == "POST" else 200
        except (Refused, orjson.JSONDecodeError, KeyError, ValueError) as problem:
            content, status = {"problem": f"{type(problem).__name__}: {problem}"}, 400
        return Response(orjson.dumps(content), status, media_type="application/json")

    return Route(address, endpoint, methods=[method])


class Twin(Protocol):
    """The parts that the twins of all vendors have."""

    faults: Faults
    sender: Sender
    options: Any
    store: Any


def routes(twin: Twin) -> list[Route]:
    return [
        route("/_twin/scenarios", partial(_scenarios, twin), "GET"),
        route("/_twin/effects", partial(_effects, twin), "GET"),
        route("/_twin/faults", partial(_script, twin)),
        route("/_twin/faults/clear", partial(_clear, twin)),
        route("/_twin/webhooks", partial(_sent, twin), "GET"),
        route("/_twin/webhooks/resend", partial(_resend, twin)),
    ]


async def _scenarios(twin: Twin, _: Request, __: dict[str, Any]) -> object:
    return [{"name": item.name, "title": item.title} for item in twin.options.scenarios.values()]


async def _effects(twin: Twin, _: Request, __: dict[str, Any]) -> object:
    """Returns the number of times that each effect took place, e.g. `redeemed`."""
    return dict(twin.store.effects)


async def _script(twin: Twin, _: Request, given: dict[str, Any]) -> object:
    """Scripts faults for the next calls. Takes `{"operation": …, "subject": ID or "*", "faults": [NAMES]}`."""
    twin.faults.script(given["operation"], given.get("subject", "*"), [Fault(name) for name in given["faults"]])
    return {"ok": 1}


async def _clear(twin: Twin, _: Request, given: dict[str, Any]) -> object:
    """Discards the scripted faults of an operation that have not happened yet. Takes `{"operation": …}`."""
    twin.faults.clear(given["operation"])
    return {"ok": 1}


async def _sent(twin: Twin, request: Request, _: dict[str, Any]) -> object:
    """Returns the webhooks in order of creation, with the result of each attempt. `?after=N` skips the first N."""
    after = int(request.query_params.get("after", 0))
    return [
        {
            "kind": item.kind,
            "headers": dict(item.headers),
            "body": item.body.decode(),
            "answers": item.answers,
            "over": item.over,
        }
        for item in list(twin.sender.sent)[after:]
    ]


async def _resend(twin: Twin, _: Request, given: dict[str, Any]) -> object:
    """Sends a webhook again, as a vendor's dashboard can. Takes `{"number": N}`."""
    twin.sender.resend(twin.sender.sent[int(given["number"])])
    return {"ok": 1}
