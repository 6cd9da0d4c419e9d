"""The twin's ASGI application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from providers.sumsub.twin import auth, image, payload
from providers.sumsub.twin.answer import Problem, json
from providers.sumsub.twin.fault import Fault, Faults
from providers.sumsub.twin.options import Options
from providers.sumsub.twin.store import Applicant, Store

TOKEN_LIMIT = 1024
TRANSPORT = "gatehouse.twin.transport"


@dataclass(frozen=True)
class Call:
    """One authenticated call, with the twin that answers it."""

    twin: Twin
    request: Request
    now: float

    def query(self, name: str, *, needed: bool = True) -> str:
        value = self.request.query_params.get(name, "")
        if needed and not value:
            raise Problem(400, f"Required parameter '{name}' is missing")
        return value

    def applicant(self) -> Applicant:
        found = self.twin.store.applicants.get(self.request.path_params["id"])
        if found is None:
            raise Problem(404, "Applicant not found")
        return found


Handler = Callable[[Call], Coroutine[Any, Any, Response]]


class Cut(Response):
    """Closes the connection without a whole answer; `kept` bytes of a promised body are sent first."""

    def __init__(self, kept: bytes = b"") -> None:
        super().__init__()
        self._kept = kept

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._kept:
            length = str(len(self._kept) * 2).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self._kept, "more_body": True})
        scope[TRANSPORT].abort()
        # Let the server notice that the connection is gone before it looks for a whole answer.
        await asyncio.sleep(0.01)


class Twin:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.store = Store(options)
        self.faults = Faults(options.faults, options.seed)

    def route(self, operation: str, handler: Handler, subject: Callable[[Request], str]) -> Any:
        """A handler behind authentication, limits and faults."""

        async def endpoint(request: Request) -> Response:
            correlation = f"req-{self.store.new_id('correlation')}"
            if self.options.faults.latency_ms:
                await asyncio.sleep(self.options.faults.latency_ms / 1000)
            now = time.time()
            body = await request.body()
            try:
                auth.check(request, body, app_token=self.options.app_token, secret_key=self.options.secret_key, now=now)
                self.store.limit(request.method, now)
                fault = self.faults.next(operation, subject(request))
                if fault is Fault.CUT_BEFORE:
                    return Cut()
                self._fail_before(fault)
                answer = await handler(Call(self, request, now))
            except Problem as problem:
                return problem.response(correlation)
            return _spoilt(answer, fault) if fault else answer

        return endpoint

    def _fail_before(self, fault: Fault | None) -> None:
        match fault:
            case Fault.SERVER_ERROR:
                raise Problem(500, "Internal server error")
            case Fault.TOO_MANY:
                raise Problem(429, "Too many requests", headers={"Retry-After": "1"})
            case _:
                return


def _spoilt(answer: Response, fault: Fault) -> Response:
    """What becomes of an answer after the effect took place."""
    match fault:
        case Fault.CUT_AFTER:
            return Cut()
        case Fault.TRUNCATED:
            body = bytes(getattr(answer, "body", b"")) or bytes(8)
            return Cut(body[: len(body) // 2])
        case Fault.NOT_JSON if answer.media_type == "application/json":
            return Response(b"<html><body>Bad gateway</body></html>", 200, media_type="text/html")
        case Fault.UNKNOWN if answer.media_type == "application/json":
            return json(payload.disturbed(orjson.loads(bytes(answer.body))))
        case _:
            return answer


async def _reuse(call: Call) -> Response:
    return await _redeem(call, "reuse")


async def _import(call: Call) -> Response:
    return await _redeem(call, "import")


async def _redeem(call: Call, product: str) -> Response:
    token, external = call.query("shareToken"), call.query("userId", needed=False)
    level = call.query("levelName", needed=product == "reuse") or next(iter(call.twin.options.levels))
    if len(token) > TOKEN_LIMIT:
        raise Problem(401, "Token is invalid")
    if level not in call.twin.options.levels:
        raise Problem(400, f"Level '{level}' is not found")
    applicant = call.twin.store.redeem(token, external=external, level=level, at=call.now, product=product)
    for operation, faults in applicant.scenario.faults.items():
        if operation not in ("reuse", "import"):
            call.twin.faults.script(operation, applicant.id, [Fault(name) for name in faults])
    return json(payload.applicant(applicant, call.now))


async def _applicant(call: Call) -> Response:
    return json(payload.applicant(call.applicant(), call.now))


async def _by_external_id(call: Call) -> Response:
    found = call.twin.store.by_external.get(call.request.path_params["external"])
    if found is None:
        raise Problem(404, "Applicant not found")
    return json(payload.applicant(call.twin.store.applicants[found], call.now))


async def _status(call: Call) -> Response:
    return json(payload.status(call.applicant(), call.now))


async def _steps(call: Call) -> Response:
    return json(payload.steps(call.applicant()))


async def _resources(call: Call) -> Response:
    return json(payload.resources(call.applicant()))


async def _image(call: Call) -> Response:
    if "inspection" in call.request.path_params:
        wanted = call.request.path_params["inspection"]
        owners = [found for found in call.twin.store.applicants.values() if found.inspection_id == wanted]
    else:
        owners = [call.applicant()]
    images = owners[0].images if owners else []
    found = next((item for item in images if item["id"] == call.request.path_params["image"]), None)
    if found is None or found.get("gone"):
        raise Problem(404, "Image not found")
    headers = {"Content-Length": str(found["size"])}
    chunks = image.content(found["kind"], found["size"], int(found["id"]))
    return StreamingResponse(chunks, headers=headers, media_type=image.TYPES[found["kind"]])


async def _health(_: Call) -> Response:
    return Response(status_code=200)


def application(options: Options) -> Any:
    """The twin as an ASGI application. `/_twin/…` needs no signature: it is for whoever runs the twin."""
    twin = Twin(options)

    def by(name: str) -> Callable[[Request], str]:
        return lambda request: str(request.path_params.get(name) or request.query_params.get(name) or "")

    get, post = ["GET"], ["POST"]
    applicants = "/resources/applicants/{id}"
    routes = [
        Route("/resources/status/api", twin.route("health", _health, by("id")), methods=get),
        Route("/resources/api/reusableIdentity/reuse", twin.route("reuse", _reuse, by("shareToken")), methods=post),
        Route("/resources/applicants/-/import", twin.route("import", _import, by("shareToken")), methods=post),
        Route(
            "/resources/applicants/-;externalUserId={external}/one",
            twin.route("applicant-by-external-id", _by_external_id, by("external")),
            methods=get,
        ),
        Route(f"{applicants}/one", twin.route("applicant", _applicant, by("id")), methods=get),
        Route(f"{applicants}/status", twin.route("status", _status, by("id")), methods=get),
        Route(f"{applicants}/requiredIdDocsStatus", twin.route("steps", _steps, by("id")), methods=get),
        Route(f"{applicants}/metadata/resources", twin.route("resources", _resources, by("id")), methods=get),
        Route(f"{applicants}/resources/{{image}}", twin.route("image", _image, by("id")), methods=get),
        Route(
            "/resources/inspections/{inspection}/resources/{image}",
            twin.route("image", _image, by("image")),
            methods=get,
        ),
        Route("/_twin/share-tokens", _share(twin), methods=post),
        Route("/_twin/applicants", _ready_applicant(twin), methods=post),
        Route("/_twin/scenarios", _scenarios(twin), methods=get),
        Route("/_twin/effects", _effects(twin), methods=get),
    ]
    inner = Starlette(routes=routes, exception_handlers={404: _nothing_here})

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        # uvicorn's own send knows the connection, which a cut needs.
        scope[TRANSPORT] = send.__self__.transport
        await inner(scope, receive, send)

    return outer


async def _nothing_here(_: Request, __: Exception) -> Response:
    return Problem(404, "No such resource").response("req-unknown")


def _share(twin: Twin) -> Any:
    async def share(request: Request) -> Response:
        """`{"scenario": NAME}` → a fresh share token, its scripted faults armed."""
        try:
            wanted = orjson.loads(await request.body())["scenario"]
            token = twin.store.share(wanted)
        except Problem as problem:
            return problem.response("req-twin")
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return Problem(400, 'Send {"scenario": NAME}').response("req-twin")
        for operation in ("reuse", "import"):
            faults = twin.options.scenarios[wanted].faults.get(operation, [])
            twin.faults.script(operation, token, [Fault(name) for name in faults])
        return json({"token": token, "scenario": wanted}, 201)

    return share


def _ready_applicant(twin: Twin) -> Any:
    async def make(request: Request) -> Response:
        """`{"scenario": NAME}` → an applicant in this account, for reading by its id."""
        try:
            scenario = twin.options.scenarios[orjson.loads(await request.body())["scenario"]]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return Problem(404, "There is no such scenario").response("req-twin")
        made = twin.store.make(scenario, external=None, level=next(iter(twin.options.levels)), at=time.time())
        for operation, faults in scenario.faults.items():
            twin.faults.script(operation, made.id, [Fault(name) for name in faults])
        return json({"applicantId": made.id, "scenario": scenario.name}, 201)

    return make


def _scenarios(twin: Twin) -> Any:
    async def scenarios(_: Request) -> Response:
        return json([{"name": item.name, "title": item.title} for item in twin.options.scenarios.values()])

    return scenarios


def _effects(twin: Twin) -> Any:
    async def effects(_: Request) -> Response:
        """How often each effect took place, e.g. `redeemed`."""
        return json(dict(twin.store.effects))

    return effects


def welcome(options: Options, host: str, port: int) -> str:
    """What the command says at its start: what to set, and how to get a share token."""
    address = f"http://{host}:{port}"
    names = ", ".join(options.scenarios)
    return (
        f"Sumsub's twin serves {address}\n"
        f"Point Gatehouse at it:\n"
        f"  GATEHOUSE_SUMSUB_BASE_URL={address}\n"
        f"  GATEHOUSE_SUMSUB_APP_TOKEN={options.app_token}\n"
        f"  GATEHOUSE_SUMSUB_SECRET_KEY={options.secret_key}\n"
        f'A share token: curl -d \'{{"scenario":"passport"}}\' {address}/_twin/share-tokens\n'
        f"Scenarios: {names}"
    )
