"""Stored form of process outcomes: plain JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
from enum import StrEnum
from typing import Any

from app.domain.process.outcome import Outcome
from app.domain.provider import ProviderName
from app.errors import ProcessFault


def error(fault: ProcessFault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "message": fault.message,
        "hint": fault.hint,
        "step": fault.step,
        "details": fault.details,
    }


def values(found: Outcome, provider: ProviderName, fetched_at: dt.datetime) -> dict[str, Any]:
    """Returns the columns of a completed result. `data` is not sealed yet."""
    return {
        "data": plain(found.data),
        "warnings": [{"code": warning.code, "message": warning.message} for warning in found.warnings],
        "provenance": [
            {"field": source.field, "provider": provider, "path": source.path, "fetchedAt": fetched_at.isoformat()}
            for source in found.sources
        ],
    }


def plain(value: Any) -> Any:
    """Returns a frozen dataclass as JSON values, without fields that are None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = ((item.name, getattr(value, item.name)) for item in dataclasses.fields(value))
        return {name: plain(content) for name, content in items if content is not None}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
