"""Control API for operators of the twin: share tokens, applicants, manual verdicts, effects."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from providers.sumsub.twin.answer import Problem
from providers.sumsub.twin.desk import Twin
from providers.sumsub.twin.store import Applicant
from providers.twin import control
from providers.twin.control import Refused
from providers.twin.fault import Fault

Given = dict[str, Any]


def routes(twin: Twin) -> list[Route]:
    """Returns the control routes, which need no signature."""
    return [
        control.route("/_twin/share-tokens", partial(share, twin)),
        control.route("/_twin/applicants", partial(make, twin)),
        control.route("/_twin/applicants/{id}/review", partial(decide, twin)),
        control.route("/_twin/reviews", partial(decide_many, twin)),
        control.route("/_twin/applicants/{id}/steps", partial(set_steps, twin)),
        control.route("/_twin/applicants/{id}/aml", partial(screen, twin)),
        control.route("/_twin/applicants/{id}", partial(forget, twin), "DELETE"),
        *control.routes(twin),
    ]


async def share(twin: Twin, _: Request, given: Given) -> object:
    """Creates a share token and scripts its scenario's faults. Body: `{"scenario": NAME}`."""
    wanted = str(given.get("scenario"))
    try:
        token = twin.store.share(wanted)
    except Problem as problem:
        raise Refused(problem.description) from None
    for operation in ("reuse", "import"):
        faults = twin.options.scenarios[wanted].faults.get(operation, [])
        twin.faults.script(operation, token, [Fault(name) for name in faults])
    return {"token": token, "scenario": wanted}


async def make(twin: Twin, _: Request, given: Given) -> object:
    """Creates applicants in this account and returns their ids. Body: `{"scenario": NAME, "count": N}`."""
    scenario = twin.options.scenarios.get(str(given.get("scenario")))
    if scenario is None:
        raise Refused("There is no such scenario")
    level = next(iter(sorted(twin.options.levels)))
    made = []
    for _number in range(int(given.get("count", 1))):
        applicant = twin.store.make(scenario, external=None, level=level, at=time.time())
        twin.admit(applicant, time.time())
        made.append(applicant.id)
    return {"applicantId": made[0], "applicantIds": made, "scenario": scenario.name}


async def decide(twin: Twin, request: Request, given: Given) -> object:
    """Sets a verdict as a reviewer would. Accepts any words.

    Body: `{"reviewStatus": …, "reviewResult": {…}, "buttons": {IMAGE or "": [IDS]}}`.
    """
    found = _applicant(twin, request)
    if "buttons" in given:
        found.buttons = given["buttons"]
    twin.decide(found, time.time(), given.get("reviewStatus", "completed"), given.get("reviewResult"))
    return {"ok": 1}


async def decide_many(twin: Twin, _: Request, given: Given) -> object:
    """Sets many verdicts in the given order. Body: `{"reviews": {APPLICANT: {"reviewStatus": …, "reviewResult": …}}}`."""
    for applicant_id, review in given["reviews"].items():
        found = twin.store.applicants[applicant_id]
        twin.decide(found, time.time(), review.get("reviewStatus", "completed"), review.get("reviewResult"))
    return {"ok": 1}


async def set_steps(twin: Twin, request: Request, given: Given) -> object:
    """Sets the state of steps and the verdicts of images. Body: `{STEP: {…} or null, "verdicts": {IMAGE: {…}}}`."""
    found = _applicant(twin, request)
    for image in found.images:
        if image["id"] in given.get("verdicts", {}):
            image["verdict"] = given["verdicts"][image["id"]]
    found.steps |= {name: step for name, step in given.items() if name != "verdicts"}
    return {"ok": 1}


async def screen(twin: Twin, request: Request, given: Given) -> object:
    """Sets the AML case, which stays open without `review`.

    Body: `{"review": {"answer": "GREEN", "YELLOW" or "RED"}, "hits": […]}`.
    """
    found = _applicant(twin, request)
    found.aml = given
    kind = {"GREEN": "amlCaseApproved", "RED": "amlCaseRejected"}.get(given.get("review", {}).get("answer"), "amlCaseOnHold")
    twin.tell(kind, found, time.time())
    return {"ok": 1}


async def forget(twin: Twin, request: Request, _: Given) -> object:
    """Deletes the applicant and sends the webhook for deleted personal data."""
    found = _applicant(twin, request)
    twin.tell("applicantPersonalDataDeleted", found, time.time())
    del twin.store.applicants[found.id]
    return {"ok": 1}


def _applicant(twin: Twin, request: Request) -> Applicant:
    found = twin.store.applicants.get(request.path_params["id"])
    if found is None:
        raise Refused("Applicant not found")
    return found
