"""The formats of lists: what is read from each, and what is refused with the line it stands in."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from app.domain import lists
from app.domain.lists import Format, ofac
from app.domain.lists.fault import ListFault
from app.domain.screening.entry import Entry

SDN = (
    '101,"VALCAMOR TRESSENDE, Rodrigo","individual","SDNTK] [SDGT","Director",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"DOB 17 Apr 1968; alt. DOB circa 1969; POB Lugo, Spain; nationality Russia; citizen Korea, North; Gender Male; '
    "Passport XDA000777 (Spain) expires 2031; National ID No. 77-12 345 (Spain); a.k.a. 'EL CAMOR'; (Linked To: ACME).\"\n"
    '102,"ACME TRADING",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
    '103,"OSTENBRUECK, Harald","individual","IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1960 to 1962."\n\x1a\n'
)
ALT = '101,1,"aka","VALKAMOR, Rodrigo",-0- \n103,2,"fka","OSTENBRÜCK, Harald",-0- \n'
COMMENTS = '101,"; alt. nationality Syria"\n'
SIMPLE = (
    "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,dataset,first_seen,last_seen,last_change\n"
    'Q1,Person,Rodrigo Valcamor,"Rodrigo Valkamor;""Camor; the elder""",1968-04-17;1969,es;ru,,XDA000777,US SDN,,,Some Sanctions,2026,2026,2026\n'
    "Q2,Company,Acme,,,,,,,,,X,,,\n"
    "Q3,Person,Harald Ostenbrück,,1959,de,,,,,,Members of Parliament (PEPs),,,\n"
)


def folder(tmp_path: Path, **files: str) -> Path:
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content)
    return tmp_path / f"{next(iter(files))}.csv"


def everybody(path: Path) -> list[Entry | None]:
    return list(lists.read(path, lists.detect(path)))


def test_ofac_with_the_files_beside_it(tmp_path: Path) -> None:
    path = folder(tmp_path, sdn=SDN, alt=ALT, sdn_comments=COMMENTS)

    one, firm, other = everybody(path)

    assert lists.detect(path) is Format.OFAC
    assert firm is None
    assert one == Entry(
        "ofac-101",
        ("VALCAMOR TRESSENDE, Rodrigo", "VALKAMOR, Rodrigo"),
        weak=("EL CAMOR",),
        births=("1968-04-17", "~1969"),
        countries=("RU", "KP", "SY"),
        documents=("XDA000777", "77-12 345"),
        topics=("sanctions", "terrorism", "crime"),
        programs=("SDNTK", "SDGT"),
        source="https://sanctionssearch.ofac.treas.gov/Details.aspx?id=101",
    )
    assert other is not None
    assert (other.names, other.births) == (("OSTENBRUECK, Harald", "OSTENBRÜCK, Harald"), ("1960/1962",))
    assert ofac.beside(path) == ()
    assert ofac.beside(folder(tmp_path / "..", other=SDN)) == ()


def test_ofac_without_the_files_beside_it_says_which_are_missing(tmp_path: Path) -> None:
    assert ofac.beside(folder(tmp_path, sdn=SDN)) == ("alt.csv", "sdn_comments.csv")
    assert ofac.beside(folder(tmp_path, cons_prim=SDN)) == ("cons_alt.csv", "cons_comments.csv")


def test_simple_csv_by_its_header(tmp_path: Path) -> None:
    path = folder(tmp_path, targets=SIMPLE)

    one, firm, other = everybody(path)

    assert lists.detect(path) is Format.SIMPLE
    assert firm is None
    assert one == Entry(
        "Q1",
        ("Rodrigo Valcamor", "Rodrigo Valkamor", "Camor; the elder"),
        births=("1968-04-17", "1969"),
        countries=("ES", "RU"),
        documents=("XDA000777",),
        topics=("sanctions",),
        source="https://www.opensanctions.org/entities/Q1",
    )
    assert other is not None
    assert other.topics == ("pep",)


def test_followthemoney(tmp_path: Path) -> None:
    entities = [
        {
            "id": "NK-1",
            "schema": "Person",
            "caption": "Nadira",
            "properties": {
                "name": ["Nadira al-Qasmuni"], "alias": ["Nadira Q"], "weakAlias": ["Umm Zahran"], "birthDate": ["1981-11"],
                "nationality": ["sy"], "topics": ["sanction", "crime.terror", "unheard.of"], "passportNumber": ["N1"],
                "firstName": ["Nadira"], "lastName": ["Qasmuni"], "sourceUrl": ["https://example.com/1"],
            },
        },
        {"id": "S-1", "schema": "Sanction", "properties": {"entity": ["NK-1"]}},
        {"id": "NK-2", "schema": "Person", "caption": "Only Caption", "properties": {}},
    ]  # fmt: skip
    path = tmp_path / "entities.ftm.json"
    path.write_bytes(b"\n".join(map(orjson.dumps, entities)))

    one, link, other = everybody(path)

    assert lists.detect(path) is Format.FTM
    assert link is None
    assert one is not None
    assert one.names == ("Nadira al-Qasmuni", "Nadira Q", "Nadira Qasmuni")
    assert (one.weak, one.births, one.countries, one.documents) == (("Umm Zahran",), ("1981-11",), ("SY",), ("N1",))
    assert one.topics == ("sanctions", "terrorism", "other")
    assert one.source == "https://example.com/1"
    assert other is not None
    assert other.names == ("Only Caption",)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", b"name;date\n", "the format is not known"),
        ("x.csv", b"", "the format is not known"),
        ("sdn.csv", b'1,"A, B","individual","X"\n', "line 1: sdn.csv has 4 columns instead of 12; is it cut off?"),
        ("t.csv", b"id,schema,name\nQ1,Person,A\n", "line 1: the header lacks aliases"),
        ("t.csv", SIMPLE.encode()[:-40], "is the file cut off?"),
        ("f.json", b'{"id": "a", "schema": "Person", "properties": {"name": ["A"]}}\n{"id": "b", "sch', "line 2: not JSON; is the file cut off?"),
        ("f.json", b'{"id": "a", "schema": "Person", "properties": {}}', "line 1: a person without a name"),
        ("f.json", b'{"schema": "Person"}', "line 1: not an entity"),
        ("sdn.csv", SDN.encode().replace(b"Harald", b"H\xe4rald"), "not UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_with_its_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ListFault) as refused:
        everybody(tmp_path / name)

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 Mar 1970", "1970-03-12"), ("Mar 1970", "1970-03"), ("1970", "1970"), ("circa 1970", "~1970"), ("1965 to 1970", "1965/1970"),
        ("circa 1965 to circa 1970", "~1965/1970"), ("unknown", None), ("12 Xyz 1970", "1970"),
    ],
)  # fmt: skip
def test_birth_dates_of_remarks(text: str, expected: str | None) -> None:
    assert ofac.birth(text) == expected
