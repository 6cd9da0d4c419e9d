"""OFAC's lists: sdn.csv or cons_prim.csv, with the files of aliases and remarks that lie beside it.

Source: OFAC, SDN data formats. No header; `-0-` stands for nothing; the name is `LAST, First Middle`; birth dates, nationality
and papers stand in the remarks as text.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from app.domain.lists.fault import ListFault, unique
from app.domain.normal import country
from app.domain.screening import Topic
from app.domain.screening.entry import Entry

COLUMNS = 12
# The files that belong to the first one.
BESIDE = {"sdn": ("alt.csv", "sdn_comments.csv"), "cons_prim": ("cons_alt.csv", "cons_comments.csv")}
DETAILS = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Countries as OFAC writes them where the standard does not.
COUNTRIES = {
    "russia": "RU", "korea, north": "KP", "korea, south": "KR", "turkey": "TR", "burma": "MM", "kosovo": "XK",
    "palestinian": "PS", "congo, democratic republic of the": "CD", "congo, republic of the": "CG", "macedonia": "MK",
    "swaziland": "SZ", "the gambia": "GM",
}  # fmt: skip
TERROR, CRIME = ("SDGT", "FTO", "SDT"), ("SDNT", "SDNTK", "TCO", "ILLICIT-DRUGS")
_BIRTH = re.compile(r"^(?:alt\. )?DOB (.+)$", re.IGNORECASE)
_COUNTRY = re.compile(r"^(?:alt\. )?(?:nationality|citizen) (.+)$", re.IGNORECASE)
_WEAK = re.compile(r"^(?:alt\. )?a\.k\.a\. ['\"](.+)['\"]$", re.IGNORECASE)
_PAPER = re.compile(
    r"(?:\bNo\.|\bNumber|\bPassport|\bSSN|\bD\.N\.I\.|\bC\.U\.R\.P\.|\bR\.F\.C\.|\bID(?! No)) #?"
    r"([A-Z0-9][A-Z0-9 ./-]*\d[A-Z0-9-]*)",
    re.IGNORECASE,
)
_DAY = re.compile(r"^(?:(\d{1,2}) )?(?:([A-Za-z]{3}) )?(\d{4})$")


def read(path: Path) -> Iterator[Entry | None]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    remarks: defaultdict[str, list[str]] = defaultdict(list)
    aliases, comments = BESIDE.get(path.stem.lower(), (None, None))
    for row in _rows(path.with_name(aliases), 5) if aliases else ():
        names[row[0]].append(row[3])
    for row in _rows(path.with_name(comments), 2) if comments else ():
        remarks[row[0]].append(row[1])
    for row in _rows(path, COLUMNS, required=True):
        yield _person(row, names[row[0]], " ".join([row[11], *remarks[row[0]]])) if row[2].lower() == "individual" else None


def beside(path: Path) -> tuple[str, ...]:
    """Returns the names of missing companion files. Without them, names are missed."""
    return tuple(name for name in BESIDE.get(path.stem.lower(), ()) if not path.with_name(name).exists())


def _rows(path: Path, least: int, *, required: bool = False) -> Iterator[list[str]]:
    if not required and not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, skipinitialspace=True)
        for row in reader:
            values = ["" if value.strip() in ("-0-", "\x1a") else value.strip() for value in row]
            if len(values) <= 1:
                continue  # older copies end with a stray control character
            if len(values) < least or not values[0].isdigit():
                raise ListFault(f"{path.name} has {len(values)} columns instead of {least}; is it cut off?", reader.line_num)
            yield values


def _person(row: list[str], aliases: list[str], remarks: str) -> Entry:
    facts = [fact.strip().rstrip(".") for fact in remarks.split(";")]
    programs = unique(*re.split(r"[\]\[;]", row[3]))
    topics = [Topic.SANCTIONS]
    topics += [Topic.TERRORISM] if any(name in TERROR for name in programs) else []
    topics += [Topic.CRIME] if any(name in CRIME for name in programs) else []
    countries = [_country(found[1]) for fact in facts if (found := _COUNTRY.match(fact))]
    return Entry(
        f"ofac-{row[0]}",
        unique(row[1], *aliases),
        weak=unique(*(found[1] for fact in facts if (found := _WEAK.match(fact)))),
        births=unique(*(birth(found[1]) for fact in facts if (found := _BIRTH.match(fact)))),
        countries=unique(*countries),
        documents=unique(*(found[1] for fact in facts if (found := _PAPER.search(fact)))),
        topics=tuple(topics),
        programs=programs,
        source=DETAILS + row[0],
    )


def _country(text: str) -> str | None:
    plain = text.split("(")[0].strip()
    return COUNTRIES.get(plain.lower()) or country.by_name(plain)


def birth(text: str) -> str | None:
    """Returns a birth date as `Entry.births` writes it, or None."""
    about = "~" if text.lower().startswith(("circa ", "approximately ")) else ""
    plain = re.sub(r"^(?:circa|approximately) ", "", text.strip(), flags=re.IGNORECASE)
    if " to " in plain:
        first, last = (birth(part) for part in plain.split(" to ", 1))
        return f"{about}{first[:4]}/{last.removeprefix('~')[:4]}" if first and last else None
    found = _DAY.match(plain)
    if not found:
        return None
    day, month, year = found.groups()
    if not month or month.lower() not in MONTHS:
        return str(about + year)
    return f"{about}{year}-{MONTHS.index(month.lower()) + 1:02d}" + (f"-{int(day):02d}" if day else "")
