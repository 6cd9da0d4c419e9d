"""The contract's scalars beyond Strawberry's own, and helpers for enums and optional arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import EnumMeta
from typing import Any, NewType, TypeVar

import strawberry
from strawberry.scalars import JSON

from app.errors import BadRequest

URL = NewType("URL", str)
CountryCode = NewType("CountryCode", str)
PhoneNumber = NewType("PhoneNumber", str)
T = TypeVar("T")


def _moment(value: str) -> dt.datetime:
    try:
        parsed = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadRequest("A DateTime is written in ISO 8601, for example 2026-03-02T09:20:11Z.") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)


SCALARS: dict[Any, Any] = {
    URL: strawberry.scalar(
        name="URL",
        description="An absolute web address. It is https unless the gateway's public address is plain http.",
        serialize=str,
        parse_value=str,
    ),
    CountryCode: strawberry.scalar(
        name="CountryCode", description="A country by ISO 3166-1 alpha-2, e.g. ES.", serialize=str, parse_value=str
    ),
    PhoneNumber: strawberry.scalar(
        name="PhoneNumber", description="A phone number in E.164 form, e.g. +14155551234.", serialize=str, parse_value=str
    ),
    dt.datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC by ISO 8601, e.g. 2026-03-02T09:20:11+00:00.",
        serialize=lambda value: value.isoformat(),
        parse_value=_moment,
    ),
    dt.date: strawberry.scalar(
        name="Date",
        description="A calendar day by ISO 8601, e.g. 1991-07-23.",
        serialize=lambda value: value.isoformat(),
        parse_value=dt.date.fromisoformat,
    ),
    JSON: strawberry.scalar(name="JSON", description="Any JSON value, of any depth.", serialize=lambda value: value),
}


def described(kind: EnumMeta, description: str, values: Mapping[str, str], *, name: str | None = None) -> None:
    """Adds an enum of the domain to the schema, with a description for it and for each of its values."""
    strawberry.enum(kind, name=name, description=description)
    for value in kind.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]


# The description of every mutation's idempotency key.
KEY = "At most 255 characters. The same key with the same input gives the first answer again."


def given(value: T | Any | None) -> T | None:
    """Returns an optional argument's value, or None if it was left out or null."""
    return None if value is strawberry.UNSET else value
