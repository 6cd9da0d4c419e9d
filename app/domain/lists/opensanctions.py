"""OpenSanctions' vocabulary in ours: topics and birth dates.

Source: opensanctions.org, entity topics; dates are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.domain.lists.fault import unique
from app.domain.normal import country
from app.domain.screening import Topic

TOPICS = (
    ("crime.terror", Topic.TERRORISM), ("sanction", Topic.SANCTIONS), ("role.", Topic.PEP), ("gov.", Topic.PEP),
    ("crime", Topic.CRIME), ("wanted", Topic.CRIME), ("asset.frozen", Topic.SANCTIONS), ("reg.", Topic.FITNESS_PROBITY),
    ("debarment", Topic.FITNESS_PROBITY), ("poi", Topic.WARNING), ("mare.", Topic.WARNING), ("export.", Topic.SANCTIONS),
)  # fmt: skip
_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?")


def topics(words: Iterable[str]) -> tuple[str, ...]:
    """Translates topics into our vocabulary; unknown ones become OTHER."""
    return unique(*(next((ours for start, ours in TOPICS if word.startswith(start)), Topic.OTHER) for word in words))


def births(texts: Iterable[str]) -> tuple[str, ...]:
    return unique(*(found[0] for text in texts if (found := _DATE.match(text.strip()))))


def countries(codes: Iterable[str]) -> tuple[str, ...]:
    return unique(*(country.alpha2(code) for code in codes))
