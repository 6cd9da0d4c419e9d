"""The words of a name, brought into one form: transliterated, without accents, titles and case; each with how it sounds.

Two spellings of one name rarely agree letter by letter: transliterations differ in vowels and in how one sound is written.
`folded` writes each sound one way, `bones` are its consonants; words are compared by all three.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA, JaroWinkler

# The similarity below which two words count as different.
FLOOR = 0.80
SAME_SOUND, SAME_BONES = 0.97, 0.90
CACHED = 1 << 18
TITLES = frozenset({
    "mr", "mrs", "miss", "dr", "prof", "professor", "sir", "sheikh", "shaikh", "shaykh", "hajj", "hajji", "haji", "mullah",
    "maulavi", "mawlawi", "qari", "dipl", "sr", "jr", "ii", "iii", "iv",
})  # fmt: skip
# These can also be names. They count as titles only if a whole name remains without them.
PERHAPS_TITLES = TITLES | {
    "ms", "dame", "lord", "lady", "general", "gen", "colonel", "col", "major", "maj", "captain", "capt", "lieutenant", "lt",
    "sayyid", "sayed", "ing", "hon", "rev", "fr",
}  # fmt: skip
# Words that join other words. They identify little, and are often omitted or joined to the next word.
PARTICLES = frozenset({
    "al", "el", "ul", "ur", "as", "ash", "ad", "ar", "an", "at", "az", "bin", "ibn", "ben", "bint", "binti", "abu", "abou", "umm",
    "um", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "les", "van", "von", "der", "den", "ter", "ten",
    "te", "und", "zu", "e", "y", "i", "o", "abd",
})  # fmt: skip
# One spelling for each sound. Longer ones come first.
_SOUNDS = (
    ("shch", "5"), ("tsch", "4"), ("dzh", "i"), ("sch", "5"), ("tch", "4"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("th", "t"),
    ("dh", "d"), ("sh", "5"), ("ch", "4"), ("zh", "z"), ("tz", "z"), ("ts", "z"), ("cz", "4"), ("sz", "5"), ("dj", "i"),
    ("ck", "k"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("c", "k"), ("q", "k"), ("x", "ks"), ("w", "v"), ("y", "i"),
    ("j", "i"), ("z", "s"),
)  # fmt: skip
_SOUND = re.compile("|".join(sound for sound, _ in _SOUNDS))
_WRITTEN = dict(_SOUNDS)
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiou]+")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SYLLABLE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ARTICLE = re.compile(r"\bال(?=\w)")
# Scripts whose letters alone give the pronunciation. For others, transliteration loses the differences between names.
_SURE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN")


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word of a name. Each text has a single object, so caches can use its identity as key."""

    text: str
    folded: str
    bones: str

    @property
    def weight(self) -> float:
        """Returns the word's weight: its power to identify a person."""
        if self.text in PARTICLES:
            return 0.25
        return 0.4 if len(self.text) == 1 else 1.0


@lru_cache(CACHED)
def word(text: str) -> Word:
    folded = _TWICE.sub(r"\1", _SOUND.sub(lambda found: _WRITTEN[found[0]], text))
    return Word(text, folded, _VOWELS.sub("", folded))


def latin(name: str) -> str:
    """Returns the name in Latin letters. Syllables of Han and Hangul become words; so does the Arabic article, as lists
    write it."""
    plain = anyascii(_ARTICLE.sub("al ", unicodedata.normalize("NFC", name)))
    return plain if all(ord(char) < 0x2E80 for char in name) else _SYLLABLE.sub(" ", plain)


@lru_cache(CACHED // 4)
def words(name: str) -> tuple[Word, ...]:
    """Returns the words of a name in their order, without titles. A name of nothing but titles keeps them."""
    texts = [text for text in _NOT_A_WORD.split(latin(name).casefold().replace("'", "").replace("`", "")) if text]
    whole = [text for text in texts if text not in PERHAPS_TITLES]
    kept = whole if len(whole) > 1 else [text for text in texts if text not in TITLES] or texts
    return tuple(word(text) for text in kept)


def telling(parts: tuple[Word, ...]) -> tuple[Word, ...]:
    """Returns the distinctive words, without particles and initials, or all words if there are no others."""
    return tuple(part for part in parts if part.text not in PARTICLES and len(part.text) > 1) or parts


def sure(name: str) -> bool:
    """Returns whether a failed search for this name means that it is not listed."""
    return all(unicodedata.name(char, "").startswith(_SURE_SCRIPTS) for char in name if char.isalpha())


@lru_cache(CACHED)
def likeness(one: Word, other: Word) -> float:
    """Returns the similarity of two words: 1 for the same, 0 below `FLOOR`. A letter is like any word that begins with it."""
    if one.text == other.text:
        return 1.0
    if min(len(one.text), len(other.text)) == 1:
        return 0.8 if one.text[0] == other.text[0] else 0.0
    if one.folded == other.folded:
        return SAME_SOUND
    if min(len(one.folded), len(other.folded)) < 3:
        return 0.0
    # A typing error can split a sound, so the spelling counts as well as the sound.
    best = max(alike(one.folded, other.folded), alike(one.text, other.text))
    if len(one.bones) >= 3 and one.bones == other.bones:
        best = max(best, SAME_BONES)
    return best if best >= FLOOR else 0.0


def alike(one: str, other: str) -> float:
    """Returns the mean of Jaro-Winkler, which forgives differences after a common beginning, and of the edit distance."""
    return (JaroWinkler.normalized_similarity(one, other) + OSA.normalized_similarity(one, other)) / 2
