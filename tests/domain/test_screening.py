"""Screening without I/O: how names are compared, what qualifies a hit, what all screeners together mean, what stays judged."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import aml
from app.domain.aml import Result, Screened
from app.domain.customer import AmlDecision, AmlStatus
from app.domain.hit import HitVerdict, stays_judged
from app.domain.screening import Hit, Person
from app.domain.screening.entry import Entry, decoded
from app.domain.screening.index import build
from app.domain.screening.score import STRONG, THRESHOLD, birth_fits, score
from app.domain.screening.word import sure, words
from tests.make import people


def scored(name: str | tuple[str, ...], listed: str | Entry, **more: tuple[str, ...]) -> float:
    names = (name,) if isinstance(name, str) else name
    entry = listed if isinstance(listed, Entry) else Entry("e", (listed,))
    return score(Person(names, **more), entry).score


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Vladimir Petrovanov", "PETROVANOV, Vladimir"),
        ("Владимир Петрованов", "PETROVANOV, Vladimir Aleksandrovich"),
        ("Aleksei Yuriyev", "Alexey Iuriev"),
        ("Muhammad Alrashidani", "Mohammed Al-Rashidani"),
        ("محمد الراشيداني", "Mohammed Al-Rashidani"),
        ("习近朋", "XI, Jinpeng"),
        ("Abd al Rahman Hadid", "Abdulrahman al-Hadid"),
        ("Jurgen Smidtke", "Schmidtke, Jürgen"),
        ("Dr. Iria Vale", "Iria Vale Montes"),
        ("Iria Lucia Vale Montes", "Iria Vale"),
        ("O'Neilson Patric", "Patrick ONeilson"),
        ("Iria Vlae", "Iria Vale"),
        ("I. Vale", "Iria Vale"),
        ("Iria Vale", "VALE, I."),
        ("Major Noa", "Noa Major"),
        ("Dr. Suhartonosa", "Suhartonosa"),
        ("General Iria Vale", "Iria Vale"),
        ("Abu Bin", "Abu Bin"),
    ],
)
def test_spellings_of_one_name_are_hits(name: str, listed: str) -> None:
    assert scored(name, listed) >= THRESHOLD
    assert [found.entry.names for found in build({}, [("L", Entry("e", (listed,)))]).search(Person((name,)))] == [(listed,)]


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Iria Vale", "Iria Lopez"),
        ("Jon Smyth", "Martin Smithson"),
        ("Maria Carmen Garcidal", "Maria Carmen Lopanez"),
        ("Suhartonosa Widaya", "Suhartonosa"),
        ("Li Wei", "Li Ming"),
        ("Al", "Mohammed Al-Rashidani"),
        ("Noa Major", "Noa Ferrinand"),
    ],
)
def test_other_names_are_none(name: str, listed: str) -> None:
    assert scored(name, listed) < THRESHOLD


def test_birth_date_country_and_document_speak_for_and_against() -> None:
    entry = Entry("e", ("Iria Vale",), births=("1970-03-12",), countries=("ES",), documents=("XDA-000123",))

    assert scored("Iria Vale", entry, births=("1970-03-12",), countries=("ES",)) == 1.0
    assert scored("Iria Vale", entry, births=("1988-11-30",)) < THRESHOLD
    assert THRESHOLD <= scored("Iria Vale", entry, births=("1970-12-03",)) <= 1.0, "day and month may be swapped"
    assert STRONG <= scored("Iria Vale", entry, countries=("PT",)) < 1.0
    assert scored("Somebody Else", entry, documents=("xda 000123",)) == 0.95
    assert scored("Somebody Else", entry, documents=("123",)) < THRESHOLD


@pytest.mark.parametrize(
    ("ours", "listed", "fits"),
    [
        ("1970-03-12", "1970-03-12", "same_day"), ("1970-03-12", "1970", "within"), ("1970-03-12", "1970-03", "within"),
        ("1970-03-12", "1970-04", "one_part_differs"), ("1970-03-12", "1971", "one_part_differs"), ("1970-03-12", "1974", "some_years_off"),
        ("1970-03-12", "1980", "year_differs"), ("1970-03-12", "~1972", "nearly"), ("1970-03-12", "~1970", "within"),
        ("1970-03-12", "1968/1972", "within"), ("1970-03-12", "1971/1972", "year_differs"), ("1970-03-12", "~1971/1975", "within"),
        ("1970-03-12", "1970-12-03", "swapped"), ("1970-03-12", "1971-03-12", "one_part_differs"), ("1970-03-12", "1985-01-01", "differs"),
    ],
)  # fmt: skip
def test_a_birth_date_that_is_known_in_part_counts_in_part(ours: str, listed: str, fits: str) -> None:
    assert birth_fits([ours], [listed]) == fits
    assert birth_fits([ours], [listed, "1901-01-01"]) == fits, "the best of several counts"


def test_a_list_that_knows_one_word_needs_the_birth_date() -> None:
    entry = Entry("e", ("Suhartonosa",), births=("1944-12-01",))

    assert scored("Suhartonosa", Entry("e", ("Suhartonosa",))) == 1.0
    assert scored("Suhartonosa Widaya", entry, births=("1944-12-01",)) >= THRESHOLD
    assert scored("Suhartonosa Widaya", entry, births=("1944-11-30",)) < THRESHOLD


def test_weak_aliases_count_less_and_the_explanation_says_all() -> None:
    entry = Entry("e", ("Nadira Qasmuni",), weak=("Umm Zahran",), births=("1981-11",), countries=("SY",))
    found = score(Person(("Um Zahran",), births=("1981-11-05",), countries=("LB",)), entry).explanation

    assert scored("Um Zahran", entry) < scored("Nadira Qasmuni", entry)
    assert found["name"]["weakAlias"] is True
    assert [word["listed"] for word in found["name"]["words"]] == ["zahran", "umm"]
    assert found["birthDate"] == {"fits": "within", "listed": ["1981-11"], "effect": 0.02}
    assert found["country"] == {"fits": False, "listed": ["SY"], "effect": -0.1}


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_compared(one: str, other: str) -> None:
    index = build({}, [("L", Entry("e", (other or "x",)))])

    assert 0.0 <= scored(one, other or "x") <= 1.0
    assert len(index.search(Person((one,)))) <= 1
    assert isinstance(sure(one), bool)


def test_an_entry_comes_back_as_it_was_written_and_its_digest_tells_changes() -> None:
    entry = Entry("k", ("A B",), weak=("C",), births=("1970",), topics=("pep",), source="https://example.com")

    assert decoded(entry.encoded()) == entry
    assert decoded(entry.encoded()).digest == entry.digest
    assert Entry("k", ("A B",), births=("1971",)).digest != entry.digest


def test_names_in_scripts_that_lose_too_much_are_not_sure() -> None:
    assert [sure(name) for name in ("Iria Vale", "Владимир", "Γιώργος", "Ñandú d'Or-2")] == [True] * 4
    assert [sure(name) for name in ("محمد", "习近朋", "김정은", "สมชาย")] == [False] * 4
    assert [word.text for word in words("习近朋")] == ["xi", "jin", "peng"]


def test_held_in_people_are_found_and_others_are_not() -> None:
    """The set that `make bench BENCH=screening` measures, small: the promise is that neither falls below these."""
    town = people.Town()
    listed = town.listed(1500)
    index = build({}, [("L", entry) for _, entry in listed])
    asked = people.asked(town, listed, 60)
    found = {one: {hit.entry.key for hit in index.search(one.person)} for one in asked}
    wanted = [one for one in asked if one.key is not None]
    recall = sum(one.key in found[one] for one in wanted) / len(wanted)
    right = sum(one.key in found[one] for one in wanted)
    wrong = sum(bool(found[one]) for one in asked if one.key is None)

    assert recall >= 0.95
    assert right / (right + wrong) >= 0.90


WORDS = list(Screened)


@pytest.mark.parametrize("said", [combination for many in range(4) for combination in itertools.product(WORDS, repeat=many)])
def test_clear_needs_every_screener_that_counts_to_have_looked_and_found_nothing(said: tuple[Screened, ...]) -> None:
    found = aml.result(said, hits=0, unjudged=0)
    counting = [word for word in said if word is not Screened.ABSENT]

    assert (found is Result.CLEAR) == (bool(counting) and set(counting) == {Screened.CLEAR})
    assert aml.result(said, hits=1, unjudged=0) is Result.FOR_A_PERSON
    assert aml.result(said, hits=2, unjudged=1) is Result.NEW_HITS


@pytest.mark.parametrize(("status", "found", "decision"), list(itertools.product(AmlStatus, Result, [None, *AmlDecision])))
def test_no_result_leads_to_clear_but_a_clear_one_and_none_to_resolved(
    status: AmlStatus, found: Result, decision: AmlDecision | None
) -> None:
    steps = aml.moves(status, found, decision)

    assert AmlStatus.RESOLVED not in steps
    if AmlStatus.CLEAR in steps:
        assert found is Result.CLEAR
        assert decision is not AmlDecision.REJECTED
    for old, new in itertools.pairwise((status, *steps)):
        assert new in aml.TRANSITIONS[old]
    if found is Result.NEW_HITS:
        assert (steps[-1] if steps else status) is AmlStatus.NEEDS_REVIEW


def test_a_verdict_holds_while_the_entry_says_the_same_and_fits_no_better() -> None:
    hit = Hit("L", "k", "d1", "N", ("pep",), 0.8, {})
    judged = SimpleNamespace(verdict=HitVerdict.FALSE_POSITIVE, entry_digest="d1", judged_score=0.8)

    assert stays_judged(judged, hit)
    assert not stays_judged(SimpleNamespace(**{**vars(judged), "entry_digest": "d0"}), hit)
    assert not stays_judged(SimpleNamespace(**{**vars(judged), "judged_score": 0.72}), hit)
    assert not stays_judged(SimpleNamespace(**{**vars(judged), "verdict": HitVerdict.UNREVIEWED}), hit)
