"""Lists as files, made of invented people, and bringing them in."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import orjson

from app.domain.lists import Format
from app.service.dependencies import Dependencies
from app.service.screening import watch_list
from app.service.screening.watch_list import Import, Imported

_numbers = itertools.count(1)


def listed(key: str, name: str, **properties: Any) -> dict[str, Any]:
    """One person in FollowTheMoney's form."""
    given = {"name": [name], "topics": ["sanction"], **{word: [value] for word, value in properties.items()}}
    return {"id": key, "schema": "Person", "caption": name, "properties": given}


async def brought_in(deps: Dependencies, folder: Path, name: str, *people: dict[str, Any], **more: Any) -> Imported:
    """Imports people as the next version of a list."""
    path = folder / f"{name}-{next(_numbers)}.ftm.json"
    path.write_bytes(b"\n".join(map(orjson.dumps, people)))
    wanted = {"licence": "invented", "threshold": 0.7, "may_shrink": True, **more}
    return await watch_list.take_in(deps, Import(path, name, Format.FTM, **wanted))
