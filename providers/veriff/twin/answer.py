"""The twin's responses: JSON, and errors in Veriff's format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response


@dataclass(frozen=True)
class Problem(Exception):
    """An error answer: `{status: "fail", code, message}`."""

    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        content = {"status": "fail", "code": str(self.status), "message": self.message}
        return Response(orjson.dumps(content), self.status, dict(self.headers), "application/json")


def json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
