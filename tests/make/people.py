"""Invented people: on lists, and asked about. Nobody here exists; every name is put together from syllables by a fixed seed.

Names of a culture follow Zipf's law, so that some are common; how a name is varied is what lists and documents really do to it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.screening import Person
from app.domain.screening.entry import Entry

SEED = 20261121
GIVEN, FAMILY = 300, 4000
SYLLABLES = {
    "iberian": [
        "ra",
        "mo",
        "le",
        "sa",
        "ti",
        "na",
        "go",
        "ver",
        "di",
        "ta",
        "lu",
        "ce",
        "bri",
        "so",
        "pe",
        "ña",
        "ca",
        "ro",
        "mi",
        "je",
        "zal",
        "do",
        "gu",
        "lia",
        "vo",
        "be",
        "mar",
        "tin",
        "que",
        "lo",
    ],
    "slavic": [
        "vla",
        "di",
        "sha",
        "ko",
        "vets",
        "be",
        "lo",
        "mi",
        "khai",
        "gor",
        "shu",
        "yu",
        "ri",
        "che",
        "ren",
        "ya",
        "tse",
        "kov",
        "zha",
        "do",
        "ly",
        "ner",
        "gu",
        "ba",
        "tro",
        "fi",
        "kar",
        "po",
    ],
    "arabic": [
        "mu",
        "ha",
        "mad",
        "kha",
        "lid",
        "ra",
        "shi",
        "fa",
        "ru",
        "sa",
        "lim",
        "ta",
        "riq",
        "ghas",
        "san",
        "na",
        "sir",
        "hu",
        "ba",
        "sul",
        "ja",
        "mil",
        "wa",
        "dhu",
        "qa",
        "der",
        "yu",
        "suf",
    ],
    "german": [
        "schwei",
        "müt",
        "ger",
        "hol",
        "lin",
        "bach",
        "kla",
        "dör",
        "fe",
        "stein",
        "wal",
        "ther",
        "ru",
        "bre",
        "hein",
        "gru",
        "ber",
        "tho",
        "strau",
        "kne",
        "höf",
        "lau",
        "pf",
    ],
    "sinic": [
        "jian",
        "wei",
        "hua",
        "zhen",
        "xiao",
        "ming",
        "qing",
        "long",
        "shu",
        "fei",
        "yan",
        "guo",
        "dong",
        "mei",
        "li",
        "jun",
        "hao",
        "bo",
        "chun",
        "rui",
        "cheng",
        "yi",
    ],
}
COUNTRIES = {"iberian": "ES", "slavic": "RU", "arabic": "SY", "german": "DE", "sinic": "CN"}
CYRILLIC = {
    "shch": "щ", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "ts": "ц", "yu": "ю", "ya": "я", "a": "а", "b": "б", "v": "в",
    "g": "г", "d": "д", "e": "е", "z": "з", "i": "и", "y": "ы", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п",
    "r": "р", "s": "с", "t": "т", "u": "у", "f": "ф",
}  # fmt: skip


@dataclass(frozen=True)
class Someone:
    culture: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    born: dt.date

    @property
    def name(self) -> str:
        return " ".join((*self.given, *self.family))


@dataclass(frozen=True)
class Asked:
    """Somebody who is looked for: how the name was varied, and the entry that must be found, if any."""

    kind: str
    person: Person
    key: str | None


class Town:
    """A source of people."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)
        self._pools = {culture: (self._pool(culture, GIVEN), self._pool(culture, FAMILY)) for culture in SYLLABLES}
        self._weights = [1 / (rank + 5) for rank in range(FAMILY)]

    def _pool(self, culture: str, many: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < many:
            length = self.random.choice((2, 2, 3) if many == GIVEN else (2, 3, 3, 4))
            found["".join(self.random.choice(SYLLABLES[culture]) for _ in range(length))] = None
        return [name.capitalize() for name in found]

    def someone(self, culture: str | None = None) -> Someone:
        chosen = culture or self.random.choice(list(SYLLABLES))
        given, family = self._pools[chosen]
        firsts = self.random.choices(given, self._weights[:GIVEN], k=self.random.choice((1, 1, 2)))
        lasts = self.random.choices(family, self._weights, k=2 if chosen == "iberian" else 1)
        if chosen == "arabic":
            lasts = [f"al-{lasts[0].lower()}"] if self.random.random() < 0.5 else lasts
        return Someone(chosen, tuple(dict.fromkeys(firsts)), tuple(lasts), self.birthday())

    def birthday(self) -> dt.date:
        return dt.date(1940, 1, 1) + dt.timedelta(days=self.random.randrange(60 * 365))

    def listed(self, many: int) -> list[tuple[Someone, Entry]]:
        """Entries as lists write them: with and without birth date, whole or in part, aliases, mononyms."""
        return [(person, self._entry(f"e{number}", person)) for number in range(many) for person in (self.someone(),)]

    def _entry(self, key: str, person: Someone) -> Entry:
        roll = self.random.random()
        day = person.born.isoformat()
        births = (day,) if roll < 0.6 else (day[:4],) if roll < 0.8 else (f"~{day[:4]}",) if roll < 0.85 else ()
        if self.random.random() < 0.03:
            name, aliases = person.family[0], ()
        else:
            name = f"{' '.join(person.family).upper()}, {' '.join(person.given)}" if self.random.random() < 0.5 else person.name
            aliases = (self.respelled(person),) if self.random.random() < 0.3 else ()
        return Entry(key, (name, *aliases), births=births, countries=(COUNTRIES[person.culture],), topics=("sanctions",))

    def respelled(self, person: Someone) -> str:
        """Another transliteration of the same name."""
        table = {
            "slavic": (("yu", "iu"), ("ya", "ia"), ("kh", "h"), ("ks", "x"), ("y", "i"), ("ch", "tch")),
            "arabic": (("kh", "h"), ("u", "o"), ("i", "e"), ("q", "k"), ("gh", "g"), ("dh", "d")),
            "german": (("ü", "ue"), ("ö", "oe"), ("th", "t"), ("ei", "ai")),
            "sinic": (("x", "hs"), ("q", "ch"), ("zh", "ch")),
            "iberian": (("ñ", "n"), ("j", "x"), ("ver", "ber")),
        }
        name = person.name
        for old, new in table[person.culture]:
            if self.random.random() < 0.6:
                name = name.lower().replace(old, new)
        return name.title()

    def mistyped(self, text: str) -> str:
        """One mistake of a keyboard in each of at most two words."""
        words = text.split()
        for place in self.random.sample(range(len(words)), min(len(words), self.random.choice((1, 1, 2)))):
            words[place] = self._mistake(words[place])
        return " ".join(words)

    def _mistake(self, word: str) -> str:
        if len(word) < 4:
            return word
        at = self.random.randrange(len(word) - 1)
        letter = self.random.choice("aeiorstnl")
        return self.random.choice((
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ))  # fmt: skip


def cyrillic(text: str) -> str:
    found, rest = "", text.lower()
    while rest:
        size = next((size for size in (4, 2, 1) if rest[:size] in CYRILLIC), 0)
        found, rest = found + CYRILLIC.get(rest[:size], rest[:1]), rest[size or 1 :]
    return found.title()


def together(text: str) -> str:
    """As documents write compound names: particles and short given names run into what follows."""
    return text.replace("al-", "al")


Vary = Callable[[Town, Someone], str]
SAME_PERSON: dict[str, Vary] = {
    "exact": lambda town, person: person.name,
    "swapped order": lambda town, person: " ".join((*person.family, *person.given)),
    "transliterated": lambda town, person: cyrillic(person.name) if person.culture == "slavic" else town.respelled(person),
    "typing mistakes": lambda town, person: town.mistyped(person.name),
    "one given name left out": lambda town, person: " ".join((person.given[0], *person.family)),
    "a given name more": lambda town, person: " ".join((person.given[0], town.someone(person.culture).given[0], *person.family)),
    "written together": lambda town, person: together(person.name),
    "typing mistakes, swapped": lambda town, person: town.mistyped(" ".join((*person.family, *person.given))),
}


def asked(town: Town, listed: Sequence[tuple[Someone, Entry]], many: int) -> list[Asked]:
    """For each way of varying a name so many people who are listed; and as many who are not, in the ways that mislead."""
    found = []
    for kind, vary in SAME_PERSON.items():
        for person, entry in town.random.sample(list(listed), many):
            # A list that knows somebody by one word alone is found by that word, or with the birth date.
            countries = (COUNTRIES[person.culture],) if town.random.random() < 0.7 else ()
            mononym = len(entry.names[0].split()) == 1
            if mononym and not entry.births:
                found.append(Asked("mononym", Person((person.family[0],), (), countries), entry.key))
                continue
            known = mononym or town.random.random() < 0.8
            births = (person.born.isoformat(),) if known else ()
            found.append(Asked("mononym" if mononym else kind, Person((vary(town, person),), births, countries), entry.key))
    for person, _ in town.random.sample(list(listed), many * 2):
        other = (town.birthday().isoformat(),)
        found.append(Asked("namesake with another birth date", Person((person.name,), other), None))
    for person, _ in town.random.sample(list(listed), many * 2):
        stranger = town.someone(person.culture)
        name = " ".join((stranger.given[0], *person.family))
        found.append(Asked("family name of somebody listed", Person((name,), (stranger.born.isoformat(),)), None))
    for _ in range(many * 4):
        person = town.someone()
        births = (person.born.isoformat(),)
        found.append(Asked("somebody else", Person((person.name,), births, (COUNTRIES[person.culture],)), None))
    return found
