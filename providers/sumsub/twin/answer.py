"""Answers of the twin: JSON, and errors in Sumsub's shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response


@dataclass(frozen=True)
class Problem(Exception):
    """An error answer: `{description, code, correlationId, errorCode?, errorName?}`."""

    status: int
    description: str
    code: int | None = None
    name: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, correlation_id: str) -> Response:
        content: dict[str, object] = {
            "description": self.description,
            "code": self.status,
            "correlationId": correlation_id,
        }
        if self.code is not None:
            content |= {"errorCode": self.code, "errorName": self.name}
        return Response(orjson.dumps(content), self.status, dict(self.headers), "application/json")


def json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
