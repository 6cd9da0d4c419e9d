"""What whoever runs a twin can ask of any twin, without a signature: to misbehave, and to show the webhooks it made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.twin.fault import Fault, Faults
from providers.twin.webhook import Sender

Handler = Callable[[Request, dict[str, Any]], Awaitable[object]]


class Refused(Exception):
    """What was asked of the twin cannot be done; the text says why."""


def route(address: str, handler: Handler, method: str = "POST") -> Route:
    """A handler that is given the JSON object of the body, and answers JSON."""

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
    """What the twins of all vendors have."""

    faults: Faults
    sender: Sender
    options: Any
    store: Any


def routes(twin: Twin) -> list[Route]:
    faults, sender = twin.faults, twin.sender

    async def script(_: Request, given: dict[str, Any]) -> object:
        """`{"operation": …, "subject": ID or "*", "faults": [NAMES]}`: the next calls go wrong like this."""
        faults.script(given["operation"], given.get("subject", "*"), [Fault(name) for name in given["faults"]])
        return {"ok": 1}

    async def clear(_: Request, given: dict[str, Any]) -> object:
        """`{"operation": …}`: what was scripted for it and has not happened will not."""
        faults.clear(given["operation"])
        return {"ok": 1}

    async def sent(request: Request, _: dict[str, Any]) -> object:
        """Webhooks in the order they were made, with what became of each; `?after=N` leaves out the first N."""
        after = int(request.query_params.get("after", 0))
        return [
            {
                "kind": item.kind,
                "headers": dict(item.headers),
                "body": item.body.decode(),
                "answers": item.answers,
                "over": item.over,
            }
            for item in list(sender.sent)[after:]
        ]

    async def resend(_: Request, given: dict[str, Any]) -> object:
        """`{"number": N}`: sends one of them again, as a vendor's dashboard can."""
        sender.resend(sender.sent[int(given["number"])])
        return {"ok": 1}

    async def scenarios(_: Request, __: dict[str, Any]) -> object:
        return [{"name": item.name, "title": item.title} for item in twin.options.scenarios.values()]

    async def effects(_: Request, __: dict[str, Any]) -> object:
        """How often each effect took place, e.g. `redeemed`."""
        return dict(twin.store.effects)

    return [
        route("/_twin/scenarios", scenarios, "GET"),
        route("/_twin/effects", effects, "GET"),
        route("/_twin/faults", script),
        route("/_twin/faults/clear", clear),
        route("/_twin/webhooks", sent, "GET"),
        route("/_twin/webhooks/resend", resend),
    ]
