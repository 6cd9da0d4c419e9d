"""The twin's hosted page for the customer, at a session's address."""

from __future__ import annotations

import base64
import binascii
import time
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from providers.twin import page
from providers.veriff.twin.desk import Twin
from providers.veriff.twin.store import Session

VENDOR = "Veriff's twin"


def routes(twin: Twin) -> list[Route]:
    return [Route("/v/{token}", partial(_handle, twin), methods=["GET", "POST"])]


async def _handle(twin: Twin, request: Request) -> Response:
    found = _session(twin, request.path_params["token"])
    if found is None:
        return page.gone(VENDOR)
    now = time.time()
    if found.status == "resubmission_requested":
        twin.try_again(found, now)
    twin.start(found)
    if request.method == "POST":
        if found.status == "started":
            give(twin, found, now)
        return RedirectResponse(request.url.path, 303)
    if found.status == "started":
        return page.show(VENDOR, "Here you would show your identity document and your face.", button="I have given everything")
    return page.show(VENDOR, "Thank you. You may close this page: the one you came from shows how it goes on.")


def _session(twin: Twin, token: str) -> Session | None:
    try:
        return twin.store.sessions.get(base64.urlsafe_b64decode(token).decode())
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def give(twin: Twin, found: Session, now: float) -> None:
    """Adds all media of the scenario to the session and submits it."""
    store, attempt = twin.store, found.attempt.id
    for number, item in enumerate(found.scenario.media):
        found.media.append({"id": store.new_id("media"), "attempt": attempt, "number": len(found.media) + number, **item})
    twin.submit(found, now)
