"""Checks of the inputs of actions. Each returns every fault that it finds."""

from __future__ import annotations

from app.errors import UserFault
from app.service.trust import validation

REASON_LIMIT, TAG_LIMIT, TAGS_MOST = 500, 100, 50
TTL_MOST = 86_400


def text(value: str, name: str, limit: int = REASON_LIMIT) -> list[UserFault]:
    return list(validation.text(value, ["input", name], limit=limit))


def optional(value: str | None, name: str) -> list[UserFault]:
    return text(value, name) if value is not None else []


def lifetime(seconds: int | None, usual: int) -> tuple[int, list[UserFault]]:
    wanted = usual if seconds is None else seconds
    if 1 <= wanted <= TTL_MOST:
        return wanted, []
    return usual, [UserFault("OUT_OF_RANGE", f"Between 1 and {TTL_MOST} seconds are allowed.", ["input", "ttlSeconds"])]


def address(value: str | None, name: str) -> list[UserFault]:
    if value is None or value.startswith("https://"):
        return [] if value is None else text(value, name, 1000)
    return [UserFault("INVALID_URL", "This is no https address.", ["input", name], "Use the form https://example.com/done.")]


def tags_of(tags: tuple[str, ...], name: str) -> list[UserFault]:
    faults = [
        fault for index, tag in enumerate(tags) for fault in validation.text(tag, ["input", name, str(index)], limit=TAG_LIMIT)
    ]
    if len(tags) > TAGS_MOST:
        faults.append(UserFault("TOO_MANY", f"At most {TAGS_MOST} are allowed.", ["input", name]))
    return faults
