"""Watch list files: detection of a file's format, and readers that yield its people one by one.

The readers yield people only, because ships, aircraft and firms cannot be customers. They refuse content that they do not
understand, with its line, and truncated files. They never guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from app.domain.lists import ftm, ofac, simple
from app.domain.lists.fault import ListFault
from app.domain.screening.entry import Entry


class Format(StrEnum):
    OFAC = "ofac"
    SIMPLE = "simple"
    FTM = "ftm"


# Yields an entry for each person, and None for each row about something else.
READERS: dict[Format, Callable[[Path], Iterator[Entry | None]]] = {
    Format.OFAC: ofac.read,
    Format.SIMPLE: simple.read,
    Format.FTM: ftm.read,
}
# The publishers' terms of use.
LICENCES: dict[Format, str] = {
    Format.OFAC: "Publication of the US government, free for any use",
    Format.SIMPLE: "CC BY-NC 4.0 if it is OpenSanctions' data: commercial use needs their licence",
    Format.FTM: "CC BY-NC 4.0 if it is OpenSanctions' data: commercial use needs their licence",
}


def detect(path: Path) -> Format:
    """Detects the format by the beginning of the file. Raises ListFault."""
    with path.open("rb") as file:
        start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    first = start.split(b"\n", 1)[0].strip()
    if start.startswith(b"{"):
        return Format.FTM
    if first.replace(b'"', b"").lower().startswith(b"id,schema,name"):
        return Format.SIMPLE
    if first.split(b",", 1)[0].strip(b'" ').isdigit() and b"," in first:
        return Format.OFAC
    raise ListFault(
        "the format is not known; an OFAC sdn.csv, an OpenSanctions targets.simple.csv and FollowTheMoney JSON lines are read"
    )


def read(path: Path, format_: Format) -> Iterator[Entry | None]:
    """Yields the people in a file, each as soon as it is read. Raises ListFault at the first unreadable part."""
    try:
        yield from READERS[format_](path)
    except UnicodeDecodeError:
        raise ListFault("the file is not UTF-8; save it as UTF-8") from None
