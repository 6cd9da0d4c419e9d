"""The list screener: searches an index of the active lists in a child process, which is restarted when a list changes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson
import structlog
from sqlalchemy import select

from app.child.matcher import frame
from app.domain.aml import Screened
from app.domain.screening import Case, Hit, Person, Report
from app.domain.screening.score import ALGORITHM
from app.domain.screening.word import sure
from app.errors import ScreenerFault
from app.model.watch_list import WatchEntry
from app.service.screening import watch_list
from app.store.db import Database

log = structlog.get_logger(module=__name__)

LOAD_BATCH = 2_000
# The people in one request to the child. It limits how long other requests wait.
SLICE = 10
LOAD_SECONDS, ANSWER_SECONDS = 600.0, 60.0
# The most hits reported for one person, best first.
HITS_MOST = 50
NAME_NOT_LATIN, HITS_CUT = "NAME_NOT_LATIN", "HITS_CUT"


class Matcher:
    """A screener over the active lists. Starts the child process on first use and stops it in `aclose`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._loaded: tuple[str, ...] = ()

    async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
        """Returns one report per case, in order. Each is ABSENT if no list is active. Raises ScreenerFault if the child fails."""
        found: list[Report] = []
        for start in range(0, len(cases), SLICE):
            found += await self._some([case.person for case in cases[start : start + SLICE]])
        return found

    async def _some(self, people: Sequence[Person]) -> list[Report]:
        async with self._turn:
            async with self._database.reading() as connection:
                lists = await watch_list.active(connection)
            if not lists:
                return [Report(Screened.ABSENT) for _ in people]
            try:
                await self._prepare(lists)
                plain = [
                    {"names": one.names, "births": one.births, "countries": one.countries, "documents": one.documents}
                    for one in people
                ]
                answers = await self._ask({"people": plain}, ANSWER_SECONDS)
            except BaseException:
                # A partial response may be in the pipe, and the next request must not read it.
                await self._end()
                raise
        versions = {row.name: row.version for row in lists}
        return [_report(person, answer, versions) for person, answer in zip(people, answers, strict=True)]

    async def _prepare(self, lists: Sequence[Any]) -> None:
        """Starts a child with exactly these versions unless one runs already. Raises ScreenerFault if they cannot be loaded."""
        wanted = tuple(row.id for row in lists)
        if self._child is not None and self._child.returncode is None and self._loaded == wanted:
            return
        await self._end()
        self._child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "app.child.matcher"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            limit=1 << 16,
        )
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                await self._send({"thresholds": {row.name: row.threshold for row in lists}})
                for row in lists:
                    await self._load(row)
        except (TimeoutError, OSError) as problem:
            raise ScreenerFault(f"the lists could not be loaded: {type(problem).__name__}") from None
        many = await self._ask({}, LOAD_SECONDS)
        if many != sum(row.entries for row in lists):
            raise ScreenerFault("a list was replaced while it was being loaded")
        self._loaded = wanted

    async def _load(self, row: Any) -> None:
        last = ""
        while True:
            query = select(WatchEntry.key, WatchEntry.content).where(WatchEntry.list_id == row.id, WatchEntry.key > last)
            async with self._database.reading() as connection:
                found = (await connection.execute(query.order_by(WatchEntry.key).limit(LOAD_BATCH))).all()
            if not found:
                return
            await self._send({"list": row.name, "entries": [entry.content.decode() for entry in found]})
            last = found[-1].key

    async def _send(self, content: Any) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        self._child.stdin.write(frame(content))
        await self._child.stdin.drain()

    async def _ask(self, content: Any, seconds: float) -> Any:
        assert self._child is not None
        assert self._child.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                await self._send(content)
                head = await self._child.stdout.readexactly(4)
                return orjson.loads(await self._child.stdout.readexactly(int.from_bytes(head, "big")))
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as problem:
            raise ScreenerFault(f"the matcher did not answer: {type(problem).__name__}") from None

    async def _end(self) -> None:
        child, self._child, self._loaded = self._child, None, ()
        if child is not None and child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def aclose(self) -> None:
        async with self._turn:
            await self._end()


def _report(person: Person, answer: Sequence[Mapping[str, Any]] | None, versions: Mapping[str, str]) -> Report:
    """Returns the report for one person, with at most HITS_MOST hits.

    Without hits, it is UNSURE if no name can be transliterated reliably, because the search may have missed an entry.
    """
    if answer is None:
        log.error("matcher.defect")
        return Report(Screened.SILENT)
    hits = tuple(Hit(**{**told, "topics": tuple(told["topics"])}) for told in answer[:HITS_MOST])
    remarks = (*(() if any(map(sure, person.names)) else (NAME_NOT_LATIN,)), *((HITS_CUT,) if len(answer) > HITS_MOST else ()))
    screened = Screened.HITS if hits else Screened.UNSURE if remarks else Screened.CLEAR
    return Report(screened, hits, versions, ALGORITHM, remarks)
