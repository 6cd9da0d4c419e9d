"""Responses of the twin: JSON, and errors in Sumsub's format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response


@dataclass(frozen=True)
class Problem(Exception):
    """An error response: `{description, code, correlationId, errorCode?, errorName?}`."""

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
        if self.status == 304:
            return Response(status_code=304, headers=dict(self.headers))
        return Response(orjson.dumps(content), self.status, dict(self.headers), "application/json")


def json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, dict(headers or {}), "application/json")


def ok() -> Response:
    return json({"ok": 1})


# Source: API reference, "Error codes".
CODES: dict[int, tuple[str, str]] = {
    1000: ("duplicate-document", "Duplicate document"),
    1003: ("empty-file", "Uploaded file is empty"),
    1004: ("corrupted-file", "Error analyzing file, unsupported format or corrupted file"),
    1005: ("unsupported-file-format", "Unsupported file format"),
    1006: ("no-upload-verification-in-progress", "Applicant is being checked"),
    1008: ("applicant-marked-as-deleted", "Applicant is marked as deleted"),
    1009: ("applicant-with-final-reject", "Applicant is rejected for good"),
    1010: ("doc-type-not-in-req-docs", "The level does not ask for this document"),
    3000: ("applicant-is-already-in-the-state", "Applicant is already in the state"),
    5000: ("applicant-already-blacklisted", "Applicant is already on the blocklist"),
}


def refusal(code: int) -> Problem:
    """Returns the documented error with this number."""
    name, description = CODES[code]
    return Problem(400, description, code, name)
