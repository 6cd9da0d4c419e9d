"""The twin's page in place of Sumsub's hosted flow."""

from __future__ import annotations

import copy
import time
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from providers.sumsub.twin.desk import BUSY, Twin
from providers.sumsub.twin.store import Applicant
from providers.twin import page

VENDOR = "Sumsub's twin"


def routes(twin: Twin) -> list[Route]:
    return [Route("/websdk/p/{token}", partial(_handle, twin), methods=["GET", "POST"])]


async def _handle(twin: Twin, request: Request) -> Response:
    found = _applicant(twin, request.path_params["token"])
    if found is None:
        return page.gone(VENDOR)
    if request.method == "POST":
        if _may_give(found):
            give(twin, found)
        return RedirectResponse(request.url.path, 303)
    if _may_give(found):
        return page.show(VENDOR, "Here you would show your identity document and take a selfie.", button="I have given everything")
    return page.show(VENDOR, "Thank you. You may close this page: the one you came from shows how it goes on.")


def _applicant(twin: Twin, token: str) -> Applicant | None:
    known = twin.store.by_external.get(twin.store.links.get(token, ""))
    return twin.store.applicants.get(known) if known else None


def _may_give(found: Applicant) -> bool:
    over = found.status == "completed" and (found.result or {}).get("reviewRejectType") != "RETRY"
    return found.status not in BUSY and not over


def give(twin: Twin, found: Applicant) -> None:
    """Submits everything that the scenario has for the applicant and starts the check."""
    scenario = found.scenario
    known = {image["type"] for image in found.images if not image.get("deactivated")}
    for image in scenario.images:
        if image["type"] not in known:
            found.images.append({"id": str(twin.store.new_number()), **copy.deepcopy(image)})
    for name in found.steps:
        found.steps[name] = copy.deepcopy(scenario.steps.get(name) or {"country": "ESP", "idDocType": name})
    if found.status == "completed":
        found.attempt += 1
    twin.begin(found, time.time())
