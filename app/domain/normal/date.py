"""Dates and moments as vendors write them. A date is a plain day; nothing is ever guessed."""

from __future__ import annotations

import datetime as dt
import re

_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)\s*(Z|[+-]\d{2}:?\d{2})?$")


def day(text: object) -> dt.date | None:
    """Parses a calendar day written `YYYY-MM-DD`. Returns None for everything else, `0000-00-00` and `1990-02-30` included."""
    found = _DAY.match(text.strip()) if isinstance(text, str) else None
    if not found:
        return None
    try:
        return dt.date(*map(int, found.groups()))
    except ValueError:
        return None


def moment(text: object) -> dt.datetime | None:
    """Returns a moment in UTC from `YYYY-MM-DD HH:MM:SS` with an optional offset; without one it means UTC."""
    found = _MOMENT.match(text.strip()) if isinstance(text, str) else None
    if not found:
        return None
    date, time, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z") else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        return dt.datetime.fromisoformat(f"{date}T{time}{offset}").astimezone(dt.UTC)
    except ValueError:
        return None


def age(birthdate: dt.date, today: dt.date) -> int:
    """Returns the full years between the two days."""
    return today.year - birthdate.year - ((today.month, today.day) < (birthdate.month, birthdate.day))
