"""Durations as people write them: a number and a unit."""

from __future__ import annotations

import datetime as dt
import re

DURATION = re.compile(r"(\d{1,9})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse(text: str) -> dt.timedelta | None:
    """Parses `90s`, `30m`, `18h` or `30d`. Returns None for everything else."""
    found = DURATION.fullmatch(text.strip())
    return dt.timedelta(**{UNITS[found.group(2)]: int(found.group(1))}) if found else None
