"""The twin's ASGI application: every route with its handler."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.twin.cut import knowing_its_connection
from providers.veriff.twin import control, hosted, session
from providers.veriff.twin.answer import Problem
from providers.veriff.twin.desk import Handler, Twin
from providers.veriff.twin.options import Options

SESSION = "/v1/sessions/{id}"
# Method, path, operation, handler, and the signed part: a path parameter, the body (None), or nothing ("").
WIRE: tuple[tuple[str, str, str, Handler, str | None], ...] = (
    ("POST", "/v1/sessions", "create-session", session.create, ""),
    ("PATCH", SESSION, "submit-session", session.submit, None),
    ("DELETE", SESSION, "delete-session", session.delete, "id"),
    ("POST", f"{SESSION}/media", "add-media", session.add_media, None),
    ("POST", f"{SESSION}/collected-data", "add-collected-data", session.add_collected_data, None),
    ("GET", f"{SESSION}/decision", "decision", session.decision, "id"),
    ("GET", f"{SESSION}/decision/fullauto", "full-auto-decision", session.full_auto, "id"),
    ("GET", f"{SESSION}/person", "person", session.person, "id"),
    ("GET", f"{SESSION}/attempts", "attempts", session.attempts, "id"),
    ("GET", f"{SESSION}/media", "session-media", session.media, "id"),
    ("GET", f"{SESSION}/watchlist-screening", "watchlist-screening", session.watchlist, "id"),
    ("POST", f"{SESSION}/validate-registry", "validate-registry", session.validate_registry, None),
    ("POST", "/v1/validate-registry", "validate-registry-at-once", session.validate_registry_at_once, None),
    ("GET", "/v1/attempts/{attempt}/media", "attempt-media", session.attempt_media, "attempt"),
    ("GET", "/v1/media/{media}", "media", session.file, "media"),
)


def application(options: Options) -> Any:
    """Returns the twin as an ASGI application. Control routes under `/_twin/…` need no signature."""
    twin = Twin(options)
    routes = [
        Route(address, twin.route(operation, handler, signed=signed, subject=_parameter(address)), methods=[method])
        for method, address, operation, handler, signed in WIRE
    ]
    inner = Starlette(routes=[*routes, *hosted.routes(twin), *control.routes(twin)], exception_handlers={404: _nothing_here})
    return knowing_its_connection(inner)


def _parameter(address: str) -> str:
    return address.split("{", 1)[1].split("}", 1)[0] if "{" in address else ""


async def _nothing_here(_: Request, __: Exception) -> Response:
    return Problem(404, "No such resource").response()


def welcome(options: Options, host: str, port: int) -> str:
    """Returns the text that the command prints at start: the settings for Gatehouse and how to create a session."""
    address = f"http://{host}:{port}"
    name, keys = next(iter(options.integrations.items()))
    webhooks = options.webhook_url or "nowhere (give --webhook-url)"
    return (
        f"Veriff's twin serves {address}\n"
        f"Point Gatehouse at it (integration {name}):\n"
        f"  GATEHOUSE_VERIFF_BASE_URL={address}\n"
        f"  GATEHOUSE_VERIFF_API_KEY={keys.api_key}\n"
        f"  GATEHOUSE_VERIFF_SHARED_SECRET={keys.secret}\n"
        f'A session: curl -d \'{{"scenario":"passport"}}\' {address}/_twin/sessions\n'
        f"Webhooks go to {webhooks}\n"
        f"Scenarios: {', '.join(options.scenarios)}"
    )
