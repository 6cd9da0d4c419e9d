"""Watch lists: imported from files as versions. A version is searched only after all of it is loaded."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain import ids, lists
from app.domain.lists import Format
from app.domain.lists.fault import ListFault
from app.domain.lists.version import ListStatus
from app.domain.screening.entry import Entry
from app.errors import ScreenerFault
from app.model import watch_list as model
from app.model.watch_list import WatchEntry, WatchList
from app.service.dependencies import Dependencies
from app.service.fact import ListReplaced
from app.store.db import Database, Session, transaction

BATCH = 500
# A version with fewer people than this share of the previous one is probably truncated.
SHRINK = 0.8
LOCK_ATTEMPTS = 5
# An import that is still loading after this many hours was killed.
ABANDONED_HOURS = 6


@dataclass(frozen=True)
class Import:
    """A file to import, with the name, format, licence and match threshold of its list."""

    path: Path
    name: str
    format: Format
    licence: str
    threshold: float
    version: str | None = None
    may_shrink: bool = False


@dataclass(frozen=True)
class Imported:
    name: str
    version: str
    entries: int
    skipped: int
    # True if the same file with the same threshold is already active: nothing was changed.
    known: bool = False


async def active(connection: AsyncConnection | Session, *, locked: bool = False) -> Sequence[Any]:
    """Returns the active lists, by name. With `locked`, none of them can be replaced before the transaction ends.

    Raises ScreenerFault if the lists change during every attempt to lock them.
    """
    query = select(WatchList.__table__).where(WatchList.status == ListStatus.ACTIVE).order_by(WatchList.name)
    if not locked:
        return (await connection.execute(query)).all()
    for _ in range(LOCK_ATTEMPTS):
        # A list that is replaced during the wait for its lock drops out of the result, and its successor is not yet visible.
        held = (await connection.execute(query.with_for_update(read=True))).all()
        seen = (await connection.execute(query)).all()
        if [row.id for row in held] == [row.id for row in seen]:
            return held
    raise ScreenerFault("the lists are being replaced again and again")


async def every(connection: AsyncConnection) -> Sequence[Any]:
    """Returns the active and loading versions, by name."""
    query = select(WatchList.__table__).where(WatchList.status != ListStatus.REPLACED)
    found: Sequence[Any] = (await connection.execute(query.order_by(WatchList.name, WatchList.id))).all()
    return found


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def take_in(deps: Dependencies, wanted: Import, progress: Callable[[int], None] = lambda many: None) -> Imported:
    """Imports a file as the next version of a list and starts a re-screening. Raises ListFault, and then changes nothing.

    Loads the entries in batches that no search reads yet. One transaction then replaces the old version and starts the
    re-screening.
    """
    sha256 = digest(wanted.path)
    version = wanted.version or f"{deps.clock.now():%Y-%m-%d}-{sha256[:12]}"
    before = await _before(deps.database, wanted.name)
    if before is not None and before.sha256 == sha256 and before.threshold == wanted.threshold:
        return Imported(wanted.name, before.version, before.entries, 0, known=True)
    if before is not None and before.version == version:
        version = f"{version}-{deps.clock.now():%H%M%S}"
    await _forget_abandoned(deps)
    list_id = ids.new("lst")
    values = {"name": wanted.name, "version": version, "format": wanted.format, "licence": wanted.licence, "sha256": sha256}
    try:
        async with transaction(deps.database) as session:
            await session.execute(
                insert(WatchList).values(
                    id=list_id,
                    **values,
                    threshold=wanted.threshold,
                    status=ListStatus.LOADING,
                    entries=0,
                    imported_at=deps.clock.now(),
                )
            )
        entries, skipped = await _load(deps.database, list_id, wanted, progress)
        _plausible(entries, before, wanted)
        async with transaction(deps.database) as session:
            await _activate(session, list_id, wanted.name, version, entries)
    except BaseException:
        await _forget(deps.database, list_id)
        raise
    if before is not None:
        await _forget(deps.database, before.id)
    return Imported(wanted.name, version, entries, skipped)


async def _before(database: Database, name: str) -> Any | None:
    async with database.reading() as connection:
        return next((row for row in await active(connection) if row.name == name), None)


async def _forget_abandoned(deps: Dependencies) -> None:
    """Deletes the remains of imports that were killed."""
    long_ago = deps.clock.now() - dt.timedelta(hours=ABANDONED_HOURS)
    query = select(WatchList.id).where(WatchList.status == ListStatus.LOADING, WatchList.imported_at < long_ago)
    async with deps.database.reading() as connection:
        left = [row.id for row in await connection.execute(query)]
    for list_id in left:
        await _forget(deps.database, list_id)


async def _load(database: Database, list_id: str, wanted: Import, progress: Callable[[int], None]) -> tuple[int, int]:
    """Loads the file's people in batches. Returns the number of people, and of rows about something else."""
    entries = skipped = 0
    rows = lists.read(wanted.path, wanted.format)
    while batch := list(islice(rows, BATCH)):
        people = [entry for entry in batch if entry is not None]
        if people:
            await _insert(database, list_id, people)
        entries, skipped = entries + len(people), skipped + len(batch) - len(people)
        progress(entries)
    return entries, skipped


async def _insert(database: Database, list_id: str, people: Sequence[Entry]) -> None:
    rows = [{"list_id": list_id, "key": entry.key, "content": entry.encoded()} for entry in people]
    long = next((entry.key for entry in people if len(entry.key) > 300), None)
    if long is not None:
        raise ListFault(f"an id is longer than 300 characters: {long[:60]}…")
    try:
        async with transaction(database) as session:
            await session.execute(insert(WatchEntry), rows)
    except IntegrityError:
        raise ListFault("an id occurs twice; each person must have one of its own") from None


def _plausible(entries: int, before: Any | None, wanted: Import) -> None:
    if entries == 0:
        raise ListFault("there is nobody in it; is it the right file?")
    if before is not None and entries < before.entries * SHRINK and not wanted.may_shrink:
        raise ListFault(
            f"it holds {entries} people and the version before held {before.entries}; if that is right, import it with --may-shrink"
        )


async def _activate(session: Session, list_id: str, name: str, version: str, entries: int) -> None:
    """Replaces the active version with the new one, after waiting for transactions that hold a lock on the old one.

    Raises ListFault if the new version was deleted while it was loading.
    """
    query = select(WatchList.id).where(WatchList.name == name, WatchList.status == ListStatus.ACTIVE).with_for_update()
    for row in (await session.execute(query)).all():
        await model.move(session, row.id, old=ListStatus.ACTIVE, to=ListStatus.REPLACED)
    moved = await model.move(session, list_id, old=ListStatus.LOADING, to=ListStatus.ACTIVE, entries=entries)
    if not moved:
        raise ListFault("it was cleared away while it was being loaded; import it again")
    session.tell(ListReplaced(name, version))


async def _forget(database: Database, list_id: str) -> None:
    """Deletes the entries of an inactive version in batches. Keeps the row of a replaced version on record."""
    while True:
        async with transaction(database) as session:
            some = select(WatchEntry.key).where(WatchEntry.list_id == list_id).limit(BATCH * 10)
            gone = await session.execute(delete(WatchEntry).where(WatchEntry.list_id == list_id, WatchEntry.key.in_(some)))
            if gone.rowcount == 0:
                await session.execute(delete(WatchList).where(WatchList.id == list_id, WatchList.status == ListStatus.LOADING))
                return
