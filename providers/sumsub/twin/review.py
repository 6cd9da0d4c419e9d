"""Twin handlers for reviews."""

from __future__ import annotations

from starlette.responses import Response

from providers.sumsub.twin import payload
from providers.sumsub.twin.answer import Problem, json, ok, refusal
from providers.sumsub.twin.desk import BUSY, Call


async def status(call: Call) -> Response:
    found = call.applicant()
    return json(found.before if call.stale and found.before else payload.review(found))


async def steps(call: Call) -> Response:
    return json(payload.steps(call.applicant()))


async def moderation_states(call: Call) -> Response:
    return json(payload.moderation(call.applicant()))


async def request_check(call: Call) -> Response:
    found = call.changeable()
    if found.status in BUSY:
        raise refusal(3000)
    missing = [name for name, step in found.steps.items() if step is None]
    if missing:
        raise Problem(400, f"These steps have no active images: {', '.join(missing)}")
    found.attempt += 1
    call.twin.store.note("checked", found.id, found.external_user_id)
    call.twin.begin(found, call.now)
    return ok()


async def set_verdict(call: Call) -> Response:
    """Sets a verdict with `testCompleted`. Raises Problem 403 outside the sandbox."""
    if not call.twin.options.app_token.startswith("sbx:"):
        raise Problem(403, "Only in the sandbox")
    found, given = call.applicant(), call.json()
    if given.get("reviewAnswer") not in ("GREEN", "RED") or not isinstance(given.get("rejectLabels"), list):
        raise Problem(400, "reviewAnswer is GREEN or RED, and rejectLabels is required")
    result = {key: value for key, value in given.items() if value not in (None, [])}
    call.twin.decide(found, call.now, "completed", result)
    return ok()
