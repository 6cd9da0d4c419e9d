"""An index over listed persons: finds those worth comparing with a customer, compares them, and keeps who fits.

Every word of every name is known by how it sounds. A customer's words find their like among them; who shares two of them, or
has but one, is compared in full.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from app.domain.screening import Person
from app.domain.screening.entry import Entry, decoded
from app.domain.screening.score import THRESHOLD, Scored, at_best, number, possible_gain, runs, score
from app.domain.screening.word import PARTICLES, Word, alike, telling, word, words

# How alike the sound of two words must be for one to lead to the other: by the beginning, which is found fast, and on the whole.
LEADS, LIKE = 0.80, 0.68
TAIL = 3
CACHED = 100_000


@dataclass(frozen=True)
class Found:
    """A matching entry, with its list and its score."""

    list: str
    entry: Entry
    scored: Scored


class Index:
    """A search index, built once from one version of each list and then only read."""

    def __init__(self, thresholds: Mapping[str, float]) -> None:
        self.thresholds = dict(thresholds)
        self._lowest = min([*thresholds.values(), THRESHOLD])
        self._entries: list[tuple[str, bytes]] = []
        self._owners = array("I")
        self._sizes = array("B")
        self._names: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._numbers: defaultdict[str, list[int]] = defaultdict(list)
        self._by_bones: defaultdict[str, list[str]] = defaultdict(list)
        self._by_head: defaultdict[str, list[str]] = defaultdict(list)
        self._by_tail: defaultdict[str, list[str]] = defaultdict(list)
        self._like = lru_cache(CACHED)(self._likes)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, list_name: str, content: bytes) -> None:
        """Adds an entry in the form that `Entry.encoded` returns. The index keeps this form."""
        entry, place = decoded(content), len(self._entries)
        self._entries.append((list_name, content))
        for name in (*entry.names, *entry.weak):
            self._add_name(place, words(name))
        for text in entry.documents:
            self._numbers[number(text)].append(place)

    def _add_name(self, place: int, parts: tuple[Word, ...]) -> None:
        position = len(self._owners)
        self._owners.append(place)
        told = telling(parts)
        self._sizes.append(min(len(told), 255))
        for folded in {part.folded for part in told} | {joined.folded for joined, _ in _worth_joining(parts)}:
            self._names[folded].append(position)

    def finish(self) -> None:
        """Makes the added entries searchable."""
        for folded in self._names:
            self._by_head[folded[:1]].append(folded)
            self._by_tail[folded[-TAIL:]].append(folded)
            self._by_bones[word(folded).bones].append(folded)

    def search(self, person: Person) -> list[Found]:
        """Returns the matching entries, best first."""
        found = []
        for place in self._worth_comparing(person):
            list_name, content = self._entries[place]
            entry = decoded(content)
            scored = score(person, entry)
            if scored.score >= self.thresholds.get(list_name, THRESHOLD):
                found.append(Found(list_name, entry, scored))
        return sorted(found, key=lambda one: -one.scored.score)

    def _worth_comparing(self, person: Person) -> set[int]:
        places = {place for text in person.documents for place in self._numbers.get(number(text), ())}
        for name in person.names:
            places |= self._sharing(words(name), possible_gain(person))
        return places

    def _sharing(self, parts: tuple[Word, ...], gain: float) -> set[int]:
        """Entries one of whose names shares so many words with these that it may fit, or the only one that it has."""
        told = telling(parts)
        shared: Counter[int] = Counter()
        for folded in {part.folded for part in told} | {joined.folded for joined, _ in _worth_joining(parts)}:
            for like in self._like(folded):
                shared.update(self._names[like])
        owners, sizes = self._owners, self._sizes
        needed = [self._needed(len(told), size, gain) for size in range(256)]
        return {owners[name] for name, many in shared.items() if many >= needed[sizes[name]]}

    def _needed(self, ours: int, theirs: int, gain: float) -> int:
        """Returns the number of words that two names must share for the best case to reach the lowest threshold."""
        if theirs <= 1:
            return 1
        enough = (common for common in range(1, min(ours, theirs) + 1) if at_best(common, ours, theirs) + gain >= self._lowest)
        return next(enough, min(ours, theirs))

    def _likes(self, folded: str) -> tuple[str, ...]:
        """Returns the sounds similar to one: among those with its first letter, with its last ones, with its consonants. No one
        mistake changes all three."""
        if len(folded) < 3:
            return (folded,) if folded in self._names else ()
        bones = word(folded).bones
        found = set(self._by_bones.get(bones, ())) if len(bones) >= 3 else set()
        for among in (self._by_head.get(folded[:1], ()), self._by_tail.get(folded[-TAIL:], ())):
            near = process.extract(folded, among, scorer=JaroWinkler.normalized_similarity, score_cutoff=LEADS, limit=None)
            found.update(text for text, *_ in near if alike(folded, text) >= LIKE)
        return tuple(found)


def _worth_joining(parts: tuple[Word, ...]) -> list[tuple[Word, tuple[Word, ...]]]:
    """Neighbours that lists write together: short words and particles with what stands beside them."""
    return [(joined, run) for joined, run in runs(parts) if any(part.text in PARTICLES or len(part.text) <= 4 for part in run)]


def build(thresholds: Mapping[str, float], entries: Iterable[tuple[str, Entry]]) -> Index:
    """Returns an index over the given entries."""
    index = Index(thresholds)
    for list_name, entry in entries:
        index.add(list_name, entry.encoded())
    index.finish()
    return index
