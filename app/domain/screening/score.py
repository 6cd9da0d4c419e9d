"""The score of a listed person for a customer, between 0 and 1, with everything that speaks for it and against it.

A name counts by its words: each finds its best partner, what finds none costs. Birth date, country and document number then
raise or lower what the name gave. The numbers are weighed with `make bench BENCH=screening`; docs/screening.md shows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.domain.screening import Person
from app.domain.screening.entry import Entry
from app.domain.screening.word import Word, likeness, word, words

ALGORITHM = "gatehouse-names-1"
# The lowest score of a hit that is shown to people, and of a strong one.
THRESHOLD, STRONG = 0.70, 0.85
# The cost of words without a partner: the customer's, the list's, and one of each side facing the other.
CUSTOMER_EXTRA, LISTED_EXTRA, FACING = 0.4, 0.25, 1.3
WEAK_NAME = 0.85
# The scores of an entry with a one-word name and a customer whose name has more words.
ONE_WORD, ONE_WORD_SAME_DAY = 0.65, 0.75
# The lowest similarity of two joined words to one word.
SAME_TOGETHER = 0.9
SAME_DOCUMENT = 0.95
DOCUMENT_LEAST = 5
SAME_COUNTRY, OTHER_COUNTRY = 0.02, -0.10
# The change of the score by the fit of the birth dates.
BIRTHS = {
    "same_day": 0.10, "within": 0.02, "nearly": 0.0, "swapped": 0.0, "one_part_differs": -0.10, "some_years_off": -0.15,
    "year_differs": -0.35, "differs": -0.35,
}  # fmt: skip
# The usual error, in years, of lists that give only the year.
SOME_YEARS = 5
_NOT_IN_A_NUMBER = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True)
class Scored:
    score: float
    explanation: dict[str, Any]


@dataclass(frozen=True)
class NameScore:
    score: float
    pairs: tuple[tuple[str, str, float], ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    # The total weight of the matching words, rounded; a full word weighs 1.
    fitting: int


def number(text: str) -> str:
    """Returns a document's number in one form."""
    return _NOT_IN_A_NUMBER.sub("", text.upper())


def score(person: Person, entry: Entry) -> Scored:
    """Compares every name with every name; the best counts."""
    best: tuple[float, str, str, bool, NameScore] | None = None
    asked = [(name, words(name)) for name in person.names]
    for listed, weak in (*((name, False) for name in entry.names), *((name, True) for name in entry.weak)):
        there = words(listed)
        for name, here in asked:
            found = compare(here, there)
            value = found.score * (WEAK_NAME if weak else 1.0)
            if best is None or value > best[0]:
                best = (value, name, listed, weak, found)
    assert best is not None
    return _qualified(person, entry, *best)


def _qualified(person: Person, entry: Entry, value: float, name: str, listed: str, weak: bool, found: NameScore) -> Scored:
    explanation: dict[str, Any] = {
        "name": {
            "customer": name,
            "listed": listed,
            "weakAlias": weak,
            "score": round(value, 3),
            "words": [{"customer": one, "listed": other, "score": round(alike, 3)} for one, other, alike in found.pairs],
            "onlyCustomer": list(found.missing),
            "onlyListed": list(found.extra),
        }
    }
    birth = birth_fits(person.births, entry.births)
    if birth is not None:
        explanation["birthDate"] = {"fits": birth, "listed": list(entry.births), "effect": BIRTHS[birth]}
        value += BIRTHS[birth]
    country = country_fits(person.countries, entry.countries)
    if country is not None:
        effect = SAME_COUNTRY if country else OTHER_COUNTRY
        explanation["country"] = {"fits": country, "listed": list(entry.countries), "effect": effect}
        value += effect
    if found.fitting == 1 and found.missing and not found.extra:
        # The list's name has one word: significant with the same birth date, nearly insignificant without.
        limit = ONE_WORD_SAME_DAY if birth == "same_day" else ONE_WORD
        explanation["oneWord"] = {"score": limit}
        value = limit
    same = documents_in_common(person, entry)
    if same:
        explanation["document"] = {"same": same, "least": SAME_DOCUMENT}
        value = max(value, SAME_DOCUMENT)
    return Scored(round(max(0.0, min(1.0, value)), 4), explanation)


def documents_in_common(person: Person, entry: Entry) -> list[str]:
    theirs = {number(text) for text in entry.documents}
    return [text for text in person.documents if len(number(text)) >= DOCUMENT_LEAST and number(text) in theirs]


def compare(here: tuple[Word, ...], there: tuple[Word, ...]) -> NameScore:
    """Compares the customer's words with the list's, whatever their order; words written together fit words written apart."""
    pairs, left, right = _pair(here, there)
    got = sum(alike * weight for _, _, alike, weight in pairs)
    held = sum(weight for *_, weight in pairs)
    whole = held + _cost(sum(one.weight for one in left), sum(one.weight for one in right))
    return NameScore(
        got / whole if whole else 0.0,
        tuple((one, other, alike) for one, other, alike, _ in pairs),
        tuple(one.text for one in left),
        tuple(one.text for one in right),
        round(sum(weight for *_, weight in pairs)),
    )


def _cost(ours: float, theirs: float) -> float:
    """Returns the cost of words without a partner, by their weights."""
    facing = min(ours, theirs)
    return facing * FACING + (ours - facing) * CUSTOMER_EXTRA + (theirs - facing) * LISTED_EXTRA


def at_best(common: int, ours: int, theirs: int) -> float:
    """Returns the highest score of two names with a number of words in common."""
    return common / (common + _cost(ours - common, theirs - common))


def possible_gain(person: Person) -> float:
    """Returns the most by which birth date and country can raise the name's score."""
    return (BIRTHS["same_day"] if person.births else 0.0) + (SAME_COUNTRY if person.countries else 0.0)


Pair = tuple[str, str, float, float]


def _pair(here: tuple[Word, ...], there: tuple[Word, ...]) -> tuple[list[Pair], list[Word], list[Word]]:
    """Pairs each word with its best partner, best pairs first. Returns the unpaired words of both sides too."""
    ranked = sorted(
        ((alike, i, j) for i, one in enumerate(here) for j, other in enumerate(there) if (alike := likeness(one, other))),
        key=lambda found: -found[0],
    )
    pairs: list[Pair] = []
    mine: set[int] = set()
    theirs: set[int] = set()
    for alike, i, j in ranked:
        if i not in mine and j not in theirs:
            mine.add(i)
            theirs.add(j)
            pairs.append((here[i].text, there[j].text, alike, max(here[i].weight, there[j].weight)))
    left = [one for i, one in enumerate(here) if i not in mine]
    right = [other for j, other in enumerate(there) if j not in theirs]
    if (left and right) or len(left) > 1 or len(right) > 1:
        pairs, left, right = _together(here, there, pairs, left, right)
    return pairs, left, right


def _together(
    here: tuple[Word, ...], there: tuple[Word, ...], pairs: list[Pair], left: list[Word], right: list[Word]
) -> tuple[list[Pair], list[Word], list[Word]]:
    """Matches two words on one side with one on the other: "abd al rahman" and "abdulrahman", "jin ping" and "jinping"."""
    for apart, whole, turned in ((here, right, False), (there, left, True)):
        for joined, parts in runs(apart):
            fit = next((one for one in whole if _close(joined, one) and likeness(joined, one) >= SAME_TOGETHER), None)
            alone = left if not turned else right
            if fit is None or not any(part in alone for part in parts):
                continue
            pairs = [pair for pair in pairs if pair[1 if turned else 0] not in {part.text for part in parts}]
            pairs.append((fit.text if turned else joined.text, joined.text if turned else fit.text, likeness(joined, fit), 2.0))
            used_here = {pair[0] for pair in pairs} | ({part.text for part in parts} if not turned else set())
            used_there = {pair[1] for pair in pairs} | ({part.text for part in parts} if turned else set())
            return pairs, [w for w in here if w.text not in used_here], [w for w in there if w.text not in used_there]
    return pairs, left, right


def _close(one: Word, other: Word) -> bool:
    """Returns a cheap upper bound: true for all words similar enough to match."""
    return one.text[:1] == other.text[:1] and abs(len(one.text) - len(other.text)) <= 3


@lru_cache(1 << 15)
def runs(apart: tuple[Word, ...]) -> list[tuple[Word, tuple[Word, ...]]]:
    """Returns two or three neighbouring words written together."""
    found = []
    for length in (3, 2):
        for start in range(len(apart) - length + 1):
            parts = tuple(apart[start : start + length])
            found.append((word("".join(part.text for part in parts)), parts))
    return found


def birth_fits(ours: Sequence[str], listed: Sequence[str]) -> str | None:
    """Rates the best pair of birth dates. Returns None if one side has none."""
    found = [_birth_fits(one, other) for one in ours for other in listed]
    return max(found, key=lambda fit: BIRTHS[fit]) if found else None


def _birth_fits(ours: str, listed: str) -> str:
    """Rates a birth date; `ours` is a day. A year that is "about" may be two years off."""
    about = 2 if listed.startswith("~") else 0
    listed = listed.removeprefix("~")
    year = int(ours[:4])
    if "/" in listed:
        first, last = (int(part[:4]) for part in listed.split("/", 1))
        return "within" if first - about <= year <= last + about else "year_differs"
    if len(listed) < 10 or about:
        apart = abs(year - int(listed[:4]))
        same = apart == 0 and ours.startswith(listed) if len(listed) < 10 else apart == 0
        return "within" if same else "nearly" if about and apart <= about else _years(apart)
    if ours == listed:
        return "same_day"
    (y, m, d), (v, n, e) = ours.split("-"), listed.split("-")
    if y == v and (m, d) == (e, n):
        return "swapped"
    return "one_part_differs" if (y == v) + (m == n) + (d == e) == 2 else "differs"


def _years(apart: int) -> str:
    if apart <= 1:
        return "one_part_differs"
    return "some_years_off" if apart <= SOME_YEARS else "year_differs"


def country_fits(ours: Sequence[str], listed: Sequence[str]) -> bool | None:
    """Returns whether a country is the same, or None if one side names none."""
    return bool(set(ours) & set(listed)) if ours and listed else None
