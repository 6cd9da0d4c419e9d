"""Input checks that the mutations share. Each yields a fault with its path, a code, a message and a hint."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from app.errors import UserFault, UserFaults

EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")


def text(value: str, field: Sequence[str], *, limit: int, blank: bool = False) -> Iterator[UserFault]:
    """Yields the faults of an input text: blank, too long, or with control characters or broken Unicode."""
    if not blank and not value.strip():
        yield UserFault("BLANK", "This must not be blank.", field, "Give a value, or leave the field out if it is optional.")
    if len(value) > limit:
        yield UserFault("TOO_LONG", f"At most {limit} characters are allowed, {len(value)} were given.", field)
    elif any(unicodedata.category(char) in ("Cc", "Cs") for char in value):
        yield UserFault(
            "INVALID_CHARACTERS",
            "This holds control characters, null bytes or broken Unicode.",
            field,
            "Remove line breaks and other invisible characters.",
        )


def email(value: str, field: Sequence[str]) -> Iterator[UserFault]:
    faults = list(text(value, field, limit=254))
    yield from faults
    if not faults and not EMAIL.match(value):
        yield UserFault("INVALID_EMAIL", "This is not an e-mail address.", field, "Use the form name@example.com.")


def idempotency_key(value: str | None) -> Iterator[UserFault]:
    if value is not None:
        yield from text(value, ["input", "idempotencyKey"], limit=255)


def refuse(faults: Sequence[UserFault]) -> None:
    """Raises UserFaults with all the faults, if there are any."""
    if faults:
        raise UserFaults(faults)
