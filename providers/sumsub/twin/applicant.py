"""Twin handlers for applicants."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from providers.sumsub import vocabulary
from providers.sumsub.twin import payload
from providers.sumsub.twin.answer import Problem, json, ok, refusal
from providers.sumsub.twin.desk import BUSY, Call
from providers.sumsub.twin.store import Applicant, stamp

TOP_LEVEL = frozenset({"externalUserId", "email", "phone", "sourceKey", "lang", "questionnaires", "metadata"})
CREATING = frozenset({"externalUserId", "email", "phone", "sourceKey", "lang", "metadata", "fixedInfo", "info", "type"})
RISK_LEVELS = frozenset({"unknown", "low", "medium", "high"})
# The scenario of applicants that are created by an API call.
NEWCOMER = "newcomer"


async def create(call: Call) -> Response:
    level, given = call.level(call.query("levelName")), call.json()
    external = given.get("externalUserId")
    if not isinstance(external, str) or not external:
        raise Problem(400, "externalUserId is required")
    if external in call.twin.store.by_external:
        known = call.twin.store.by_external[external]
        raise Problem(409, f"Applicant with external user id '{external}' already exists: {known}")
    unknown = set(given) - CREATING
    if unknown:
        raise Problem(400, f"Unknown fields: {', '.join(sorted(unknown))}")
    scenario = call.twin.options.scenarios[NEWCOMER]
    made = call.twin.store.make(scenario, external=external, level=level, at=call.now, blank=True)
    made.facts = {key: value for key, value in given.items() if key != "externalUserId"}
    made.steps = {entry["idDocSetType"]: None for entry in payload.required(made)["docSets"]}
    call.twin.store.note("created", external, external)
    call.twin.tell("applicantCreated", made, call.now)
    return json(payload.applicant(made), 201)


async def read(call: Call) -> Response:
    return json(payload.applicant(call.applicant()))


async def read_by_external_id(call: Call) -> Response:
    found = call.twin.store.by_external.get(call.request.path_params["external"])
    if found is None:
        raise Problem(404, "Applicant not found")
    applicant = call.twin.store.applicants[found]
    call.twin.settle(applicant, call.now)
    return json(payload.applicant(applicant))


async def change_level(call: Call) -> Response:
    found = call.changeable()
    level = call.level(call.query("name"))
    if found.status in BUSY:
        raise refusal(1006)
    found.level = level
    for entry in payload.required(found)["docSets"]:
        found.steps.setdefault(entry["idDocSetType"], None)
    if any(step is None for step in found.steps.values()):
        found.status, found.result = "init", None
    call.twin.tell("applicantLevelChanged", found, call.now)
    return json(payload.applicant(found))


async def required_documents(call: Call) -> Response:
    return json(payload.required(call.applicant()))


async def change_fixed_info(call: Call) -> Response:
    found = call.changeable()
    found.facts["fixedInfo"] = {**found.facts.get("fixedInfo", {}), **call.json()}
    call.twin.tell("applicantPersonalInfoChanged", found, call.now)
    return json(found.facts["fixedInfo"])


async def change_top_level(call: Call) -> Response:
    given = call.json()
    found = call.twin.store.applicants.get(str(given.pop("id", "")))
    if found is None:
        raise Problem(404, "Applicant not found")
    unknown = set(given) - TOP_LEVEL
    if unknown:
        raise Problem(400, f"Unknown fields: {', '.join(sorted(unknown))}")
    changes = {key: value for key, value in given.items() if value is not None}
    external = changes.pop("externalUserId", None)
    if external:
        call.twin.store.by_external.pop(found.external_user_id, None)
        found.external_user_id = external
        call.twin.store.by_external[external] = found.id
    found.facts |= changes
    call.twin.tell("applicantPersonalInfoChanged", found, call.now)
    return json(payload.applicant(found))


async def block(call: Call) -> Response:
    found, _ = call.applicant(), call.query("note")
    if found.blocked:
        raise refusal(5000)
    found.blocked = True
    result = {"reviewAnswer": "RED", "rejectLabels": ["BLOCKLIST"], "reviewRejectType": "FINAL"}
    call.twin.decide(found, call.now, "completed", result)
    return json(payload.applicant(found))


async def set_presence(call: Call) -> Response:
    found, wanted = call.applicant(), call.request.path_params["presence"]
    if wanted not in ("activated", "deactivated"):
        raise Problem(400, "The status is activated or deactivated")
    found.deleted = wanted == "deactivated"
    call.twin.tell(f"applicant{wanted.capitalize()}", found, call.now)
    return json(payload.applicant(found))


async def set_risk_level(call: Call) -> Response:
    found, given = call.changeable(), call.json()
    if given.get("riskLevel") not in RISK_LEVELS or not given.get("comment"):
        raise Problem(400, "riskLevel is unknown, low, medium or high, and a comment is required")
    entry = {"id": call.twin.store.new_id("risk"), "createdAt": stamp(call.now), **given}
    found.risk.append(entry)
    return json({"riskLevel": given["riskLevel"], "entries": found.risk})


async def add_tags(call: Call) -> Response:
    found, given = call.changeable(), call.json(kind=list)
    if not all(isinstance(tag, str) and tag for tag in given):
        raise Problem(400, "Tags are texts")
    found.facts["tags"] = list(dict.fromkeys([*found.facts.get("tags", []), *given]))
    call.twin.tell("applicantTagsChanged", found, call.now)
    return ok()


async def reset(call: Call) -> Response:
    found = call.changeable()
    for image in found.images:
        image["deactivated"] = True
    found.steps = dict.fromkeys(found.steps)
    _begin_anew(found)
    call.twin.tell("applicantReset", found, call.now)
    return ok()


async def reset_step(call: Call) -> Response:
    found, step = call.changeable(), call.request.path_params["step"]
    if step not in vocabulary.words("resettableSteps"):
        raise Problem(400, f"Step {step} cannot be reset")
    for image in found.images:
        if image.get("step", "IDENTITY") == step:
            image["deactivated"] = True
    found.steps[step] = None
    _begin_anew(found)
    call.twin.tell("applicantStepsReset", found, call.now)
    return ok()


def _begin_anew(found: Applicant) -> None:
    found.before = payload.review(found)
    found.status, found.result, found.verdict, found.reviewed_at = "init", None, None, None
    found.attempt += 1


async def aml_case(call: Call) -> Response:
    found = call.applicant()
    call.twin.store.limit_aml(call.now)
    if found.aml is None:
        raise Problem(404, "There is no AML case")
    case: dict[str, Any] = {
        "id": found.id[::-1],
        "createdAt": stamp(found.created_at),
        "targetEntityType": "applicant",
        "targetEntityId": found.id,
        "ongoingMonitoring": {"enabled": True},
        "hits": [],
        **found.aml,
    }
    return json(case)
