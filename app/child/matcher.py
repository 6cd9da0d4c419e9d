"""The child process that compares people with lists: `python -m app.child.matcher`, asked and answering in frames of JSON.

It holds the index over the lists in a process of its own, so that neither its memory nor its work are the gateway's or a
worker's, and it holds nothing else: no keys, no database. A frame is its length in four bytes, then the JSON. It ends with its
input.
"""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

import orjson

from app.domain.screening import Person
from app.domain.screening.index import Found, Index
from app.domain.screening.score import ALGORITHM, STRONG


def frame(content: Any) -> bytes:
    body = orjson.dumps(content)
    return len(body).to_bytes(4, "big") + body


def _read(file: BinaryIO) -> Any | None:
    head = file.read(4)
    return orjson.loads(file.read(int.from_bytes(head, "big"))) if len(head) == 4 else None


def main() -> None:
    first = _read(sys.stdin.buffer)
    if first is None:
        return
    index = Index(first["thresholds"])
    while (asked := _read(sys.stdin.buffer)) is not None:
        if "entries" in asked:
            for content in asked["entries"]:
                index.add(asked["list"], content.encode())
            continue
        if "people" not in asked:
            index.finish()
            answer: Any = len(index)
        else:
            answer = [_answer(index, given) for given in asked["people"]]
        sys.stdout.buffer.write(frame(answer))
        sys.stdout.buffer.flush()


def _answer(index: Index, given: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Returns None for a customer that cannot be compared; the others get their results."""
    try:
        return [_told(found) for found in index.search(_person(given))]
    except Exception:  # whatever is wrong with one person's data, it is not answered
        return None


def _person(given: dict[str, Any]) -> Person:
    return Person(**{name: tuple(values) for name, values in given.items()})


def _told(found: Found) -> dict[str, Any]:
    entry, scored = found.entry, found.scored
    return {
        "list": found.list,
        "key": entry.key,
        "digest": entry.digest,
        "name": entry.names[0],
        "topics": entry.topics,
        "score": scored.score,
        "details": {
            "strength": "strong" if scored.score >= STRONG else "possible",
            "explanation": scored.explanation,
            "listed": entry.plain(),
            "source": entry.source,
            "algorithm": ALGORITHM,
        },
    }


if __name__ == "__main__":
    main()
