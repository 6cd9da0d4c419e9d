"""GraphQL over HTTP, by the draft specification: POST with JSON, GET for queries, two response media types.

https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.errors import formatted, masked, request_error
from api.serve import body
from api.serve.admission import Refused
from api.serve.gate import Gate, is_request_error, new_request_id
from api.serve.graphiql import GraphiQL
from app.errors import BadRequest, PayloadTooLarge, RequestFault
from app.log import place

log = structlog.get_logger(module=__name__)

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
# A document has at most 30,000 characters; the rest is for variables.
BODY_LIMIT = 256 * 1024
# What the draft of 2023 and all published tools expect; the draft of 2026 wants 422 for documents that are not valid.
NOT_VALID = 400


@dataclass(frozen=True)
class Refusal(Exception):
    """A refusal at the HTTP level: method, media types or size."""

    status: int
    message: str
    headers: Mapping[str, str]


class Endpoint:
    """The HTTP endpoint at `/graphql`. Sockets have their own handler."""

    def __init__(self, gate: Gate, graphiql: GraphiQL | None) -> None:
        self._gate = gate
        self._graphiql = graphiql

    async def handle(self, request: Request) -> Response:
        request_id = new_request_id()
        media_type = JSON
        try:
            if request.method not in ("GET", "POST"):
                raise Refusal(405, "Use POST, or GET for queries.", {"Allow": "GET, POST"})
            if self._graphiql and request.method == "GET" and _wants_page(request):
                return self._graphiql.page()
            media_type = negotiate(request.headers.get("accept"))
            asked = await _parameters(request)
            status, answer = await self._answer(request, asked, media_type, request_id)
            headers: dict[str, str] = {}
        except Refusal as refusal:
            status, answer = refusal.status, {"errors": [{"message": refusal.message}]}
            headers = dict(refusal.headers)
        except RequestFault as fault:
            status, answer = fault.status, {"errors": [request_error(fault)]}
            headers = {"WWW-Authenticate": "Bearer"} if fault.status == 401 else {}
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as problem:  # the edge of a request: logged with its place, and hidden from the client
            log.error("endpoint.defect", request_id=request_id, error=type(problem).__name__, at=place(problem))
            status, answer, headers = 500, {"errors": [masked(request_id)]}, {}
        headers |= {"Vary": "Accept", "Cache-Control": "no-store", "X-Request-Id": request_id}
        return Response(body.encode(answer), status, headers, f"{media_type}; charset=utf-8")

    async def _answer(
        self, request: Request, asked: Mapping[str, Any], media_type: str, request_id: str
    ) -> tuple[int, dict[str, Any]]:
        principal = await self._gate.principal(request.headers.get("authorization"))
        not_run = NOT_VALID if media_type == GRAPHQL_JSON else 200
        try:
            wanted = self._gate.ask(asked.get("query"), asked.get("variables"), asked.get("operationName"))
        except Refused as refused:
            return not_run, {"errors": formatted(refused.errors, request_id)}
        if wanted.kind is OperationType.SUBSCRIPTION:
            raise BadRequest("Subscriptions are served over WebSocket with the graphql-transport-ws protocol.")
        if wanted.kind is OperationType.MUTATION and request.method == "GET":
            raise Refusal(405, "Mutations must be sent by POST.", {"Allow": "POST"})
        if wanted.kind is OperationType.QUERY and not body.storable(wanted.variables):
            raise BadRequest("A variable holds a null byte or broken Unicode.")
        self._gate.allow(wanted, principal)
        result = await self._gate.execute(wanted, self._gate.context(principal, request_id))
        if is_request_error(result):
            return not_run, {"errors": formatted(result.errors or [], request_id)}
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer = {"errors": formatted(result.errors, request_id), **answer}
        return 200, answer


def negotiate(accept: str | None) -> str:
    """Returns the response media type for an Accept header. Raises a Refusal with 406 if it accepts neither of ours."""
    if not accept:
        return JSON
    best: tuple[float, int, str] | None = None
    for order, part in enumerate(accept.split(",")):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((_weight(text[2:]) for text in parameters if text.startswith("q=")), 1.0)
        charset = next((text[8:].strip('"') for text in parameters if text.startswith("charset=")), "utf-8")
        if weight <= 0 or charset not in ("utf-8", "utf8"):
            continue
        chosen = GRAPHQL_JSON if name == GRAPHQL_JSON else JSON if name in (JSON, "application/*", "*/*") else None
        if chosen and (best is None or weight > best[0]):
            best = (weight, order, chosen)
    if best is None:
        raise Refusal(406, f"Answers are {GRAPHQL_JSON} or {JSON}, in UTF-8.", {})
    return best[2]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and "query" not in request.query_params


async def _parameters(request: Request) -> Mapping[str, Any]:
    """Returns `query`, `variables`, `operationName` and `extensions` of a request. Raises Refusal or BadRequest."""
    if request.method == "GET":
        asked: dict[str, Any] = dict(request.query_params)
        for name in ("variables", "extensions"):
            if asked.get(name):
                asked[name] = body.parse(asked[name])
        return _checked(asked)
    content_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next((text[8:].strip('"') for text in parameters if text.startswith("charset=")), "utf-8")
    if content_type != JSON or charset not in ("utf-8", "utf8"):
        raise Refusal(415, f"Send the request as {JSON} in UTF-8.", {"Accept": JSON})
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "Send the request without compression.", {"Accept-Encoding": "identity"})
    return _checked(body.parse(await read_body(request)))


def _checked(asked: Any) -> Mapping[str, Any]:
    if isinstance(asked, list):
        raise BadRequest("Batching is not offered: send one operation per request.")
    if not isinstance(asked, dict):
        raise BadRequest("The body must be a JSON object with `query`.")
    extensions = asked.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest("`extensions` must be an object.")
    return asked


async def read_body(request: Request) -> bytes:
    """Returns the whole body. Raises PayloadTooLarge as soon as it exceeds the limit, without reading the rest."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > BODY_LIMIT:
        raise PayloadTooLarge(f"A request has at most {BODY_LIMIT} bytes.")
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > BODY_LIMIT:
            raise PayloadTooLarge(f"A request has at most {BODY_LIMIT} bytes.")
    return bytes(held)
