"""Errors towards clients: expected ones as data, faults of the request with a code, everything else masked."""

from __future__ import annotations

import asyncio
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError
from prometheus_client import Counter

from app.errors import BadRequest, Forbidden, HumanRequired, RequestFault, UserFault, UserFaults
from app.log import place

REFUSED = Counter("gatehouse_refused_total", "Operations that a credential was not allowed, by code.", ["code"])
log = structlog.get_logger(module=__name__)

MOST_ERRORS = 10
MOST_CHARACTERS = 300


@strawberry.type(description="One reason why a mutation was refused. Nothing was changed.")
class UserError:
    code: str = strawberry.field(description="A stable code for programs, e.g. NOT_FOUND.")
    message: str = strawberry.field(description="A sentence for people that says what is wrong.")
    field: list[str] | None = strawberry.field(description="The path to the input that is at fault, if one is.")
    hint: str | None = strawberry.field(description="The next step for a person; null if none is known.")


def user_errors(problem: UserFault | UserFaults) -> list[UserError]:
    faults = problem.faults if isinstance(problem, UserFaults) else (problem,)
    return [
        UserError(code=fault.code, message=fault.message, field=list(fault.field) if fault.field else None, hint=fault.hint)
        for fault in faults
    ]


def formatted(errors: list[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """Returns the errors of a response as the client may see them: at most MOST_ERRORS, with long messages cut."""
    return [_one(error, request_id) for error in errors[:MOST_ERRORS]]


def request_error(fault: RequestFault) -> dict[str, Any]:
    """Returns the error that refuses the whole request."""
    return {"message": fault.message, "extensions": {"code": fault.code, **fault.facts}}


def masked(request_id: str) -> dict[str, Any]:
    """Returns the error that hides an internal defect. It holds only the request id, by which the operator finds the log."""
    message = "Something went wrong here. Give the request id to the operator."
    return {"message": message, "extensions": {"code": "INTERNAL", "requestId": request_id}}


def _one(error: GraphQLError, request_id: str) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    shown: dict[str, Any] = {}
    if cause is None or isinstance(cause, GraphQLError):
        # The caller's own mistake, found by graphql-core: explain it.
        shown = {"message": error.message[:MOST_CHARACTERS], "extensions": {"code": BadRequest.code}}
    elif isinstance(cause, RequestFault):
        shown = request_error(cause)
        if isinstance(cause, (Forbidden, HumanRequired)):
            REFUSED.labels(cause.code).inc()
            log.warning("request.forbidden", request_id=request_id, code=cause.code, path=_path(error))
    else:
        # An internal defect. The client sees no details, and no value of the request is logged.
        log.error(
            "request.defect",
            request_id=request_id,
            path=_path(error),
            error=type(cause).__name__,
            at=place(cause),
            cancelled=isinstance(cause, asyncio.CancelledError),
        )
        shown = masked(request_id)
    if error.locations:
        shown["locations"] = [location.formatted for location in error.locations[:3]]
    if error.path:
        shown["path"] = error.path
    return shown


def _path(error: GraphQLError) -> str:
    return ".".join(str(part) for part in error.path or ())
