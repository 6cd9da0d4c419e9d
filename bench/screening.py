"""Screening: how many of the listed are found, and how many others are taken for them; one screening, and everybody's.

The people are invented, by a fixed seed (tests/make/people.py). Beside a single screening stands what a plain script would do:
compare the whole name with every listed name, in C.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil
from rapidfuzz import fuzz, process
from sqlalchemy import insert, select

from app import config, wiring
from app.domain import ids
from app.domain.aml import Screened
from app.domain.kyc import KycData, plain
from app.domain.lists import Format
from app.domain.screening import Case, Person, ScreenerName
from app.domain.screening.entry import Entry
from app.domain.screening.index import build
from app.domain.screening.score import ALGORITHM, STRONG, THRESHOLD
from app.domain.screening.word import words
from app.model.check import AmlCheck
from app.model.customer import Customer
from app.model.data_key import DataKey
from app.model.rescreening import Rescreening
from app.model.screening import Screening
from app.model.tenant import Tenant
from app.service.customer import customer, declaration
from app.service.dependencies import Dependencies
from app.service.screening import matcher, person, watch_list
from app.store import migrate
from app.store.db import transaction
from bench import rig
from bench.files import MB
from tests.make.firm import CREATE_CUSTOMER, KEY
from tests.make.people import SEED, Asked, Someone, Town, asked

LISTED, KINDS, CUSTOMERS, ENTRIES, SINGLES = 5_000, 200, 10_000, 50_000, 200
THRESHOLDS = (0.60, 0.65, THRESHOLD, 0.75, 0.80, STRONG)


async def run() -> None:
    _quality()
    with tempfile.TemporaryDirectory(prefix="gh-bench-") as folder:
        await _single(Path(folder))
    await _everybody()


def _quality() -> None:
    town = Town()
    listed = town.listed(LISTED)
    index = build({"list": min(THRESHOLDS)}, [("list", entry) for _, entry in listed])
    questions = asked(town, listed, KINDS)
    found = [(one, {hit.entry.key: hit.scored.score for hit in index.search(one.person)}) for one in questions]
    wanted = sum(one.key is not None for one, _ in found)
    print(f"{len(found)} questions about {wanted} people of a list of {LISTED}, and {len(found) - wanted} others; {ALGORITHM}")
    print(f"  {'threshold':<36}{'recall':>8}{'precision':>11}")
    for threshold in THRESHOLDS:
        right = sum(found_.get(one.key or "", 0.0) >= threshold for one, found_ in found)
        wrong = sum(one.key is None and max(found_.values(), default=0.0) >= threshold for one, found_ in found)
        mark = "  the default" if threshold == THRESHOLD else "  called strong" if threshold == STRONG else ""
        print(f"  {threshold:<36.2f}{right / wanted:>8.3f}{right / (right + wrong):>11.3f}{mark}")
    print(f"  share that is a hit at {THRESHOLD:g}, of people who are listed:")
    _by_kind([(one, found_.get(one.key, 0.0)) for one, found_ in found if one.key is not None])
    print("  and of people who are not:")
    _by_kind([(one, max(found_.values(), default=0.0)) for one, found_ in found if one.key is None])


def _by_kind(scores: Sequence[tuple[Asked, float]]) -> None:
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for one, score in scores:
        kinds[one.kind].append(score)
    for kind, values in kinds.items():
        print(f"    {kind:<34}{sum(value >= THRESHOLD for value in values) / len(values):>8.3f}  of {len(values)}")


def _file(folder: Path, name: str, people: Sequence[tuple[Someone, Entry]]) -> Path:
    path = folder / f"{name}.ftm.json"
    with path.open("wb") as file:
        for _, entry in people:
            properties = {"name": entry.names, "birthDate": [birth.strip("~") for birth in entry.births], "topics": ["sanction"]}
            file.write(orjson.dumps({"id": entry.key, "schema": "Person", "properties": properties}) + b"\n")
    return path


def _import(path: Path) -> watch_list.Import:
    return watch_list.Import(path, "bench", Format.FTM, "invented", THRESHOLD, may_shrink=True)


async def _single(folder: Path) -> None:
    """One person against 50,000 entries: the whole way through the child process, the first time a name is seen."""
    town = Town()
    listed = town.listed(ENTRIES)
    settings = config.load(_env_file=None, database_url=f"sqlite+aiosqlite:///{folder}/g.db", secret_keys=KEY)
    await migrate.ready(settings.database_url)
    names = [" ".join(one.text for one in words(name)) for _, entry in listed for name in (*entry.names, *entry.weak)]
    people = [one.person for one in asked(town, listed, SINGLES)]
    town.random.shuffle(people)
    async with wiring.opened(settings) as parts:
        before, began = psutil.Process().memory_info().rss, time.perf_counter()
        await watch_list.take_in(parts.deps, _import(_file(folder, "single", listed)))
        imported, grown = time.perf_counter() - began, psutil.Process().memory_info().rss - before
        lists = matcher.Matcher(parts.deps.database)
        began = time.perf_counter()
        await lists.screen([Case(Person(("Nobody",)))])
        loaded = time.perf_counter() - began
        ours, whole = [], []
        for one in people[:SINGLES]:
            began = time.perf_counter()
            await lists.screen([Case(one)])
            ours.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            name = " ".join(part.text for part in words(one.names[0]))
            process.extract(name, names, scorer=fuzz.token_sort_ratio, score_cutoff=THRESHOLD * 100, limit=None)
            whole.append((time.perf_counter() - began) * 1000)
        children = sum(child.memory_info().rss for child in psutil.Process().children())
        await lists.aclose()
    print(f"{ENTRIES} entries with {len(names)} names")
    rig.row("  importing the file", [imported], "s")
    rig.row("  memory that importing takes", [grown / MB], "MB")
    rig.row("  loading them into the process that compares", [loaded], "s")
    first = rig.row("  one screening, names not seen before", ours, "ms")
    second = rig.row("  plain: every name compared in C, no qualifiers", whole, "ms")
    rig.row("  90th percentile of one screening", [sorted(ours)[int(len(ours) * 0.9)]], "ms")
    rig.row("  ratio plain / Gatehouse", [second / first], "")
    rig.row("  memory of the process that holds the index", [children / MB], "MB")


async def _everybody() -> None:
    """Customers against a new version of a list, in the workers of a gateway, while somebody else uses the API."""
    town = Town()
    listed = town.listed(ENTRIES)
    with rig.rig(environment={"GATEHOUSE_SCREENERS": "lists"}) as plant:
        settings = config.load(_env_file=None, database_url=plant.environment["GATEHOUSE_DATABASE_URL"], secret_keys=KEY)
        assert plant.gateway.started is not None
        gateway = psutil.Process(plant.gateway.started.pid)
        async with wiring.opened(settings) as parts, plant.client() as http:
            # Another town's people: most customers have names that no list knows. One in a hundred is listed.
            strangers = Town(SEED + 1)
            known = [strangers.someone() for _ in range(CUSTOMERS - CUSTOMERS // 100)]
            await _customers(parts.deps, known + [one for one, _ in listed[: CUSTOMERS // 100]])
            idle = await _latencies(http, 60)
            before = gateway.memory_info().rss
            await watch_list.take_in(parts.deps, _import(_file(plant.folder, "everybody", listed)))
            began, peak, busy = time.perf_counter(), 0, []
            while True:
                busy += await _latencies(http, 5)
                peak = max(peak, gateway.memory_info().rss + sum(child.memory_info().rss for child in gateway.children()))
                async with parts.deps.database.reading() as connection:
                    row = (await connection.execute(select(Rescreening.__table__).order_by(Rescreening.id.desc()))).first()
                assert row is not None
                if not row.is_open:
                    break
            took = time.perf_counter() - began
    print(f"{row.done} customers against a new version of {ENTRIES} entries; {row.found} with something to judge")
    rig.row("  customers a second, the loading of the list included", [row.done / took], "customers/s")
    rig.row("  memory of gateway and matcher together: before", [before / MB], "MB")
    rig.row("  peak", [peak / MB], "MB")
    quiet = rig.row("  a mutation of somebody else's: idle", idle, "ms")
    loud = rig.row("  meanwhile", busy, "ms")
    rig.row("  ratio meanwhile / idle", [loud / quiet], "")


async def _latencies(http: httpx.AsyncClient, many: int) -> list[float]:
    found = []
    for _ in range(many):
        began = time.perf_counter()
        await rig.ask(http, CREATE_CUSTOMER, {"input": {"email": "b@example.com", "firstName": "B"}})
        found.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.02)
    return found


async def _customers(deps: Dependencies, people: Sequence[Someone]) -> None:
    """Customers who were screened before, and are clear."""
    async with deps.database.reading() as connection:
        tenant_id = (await connection.execute(select(Tenant.id).limit(1))).scalar_one()
    at = deps.clock.now()
    for start in range(0, len(people), 500):
        rows: dict[Any, list[dict[str, Any]]] = {Customer: [], DataKey: [], Screening: [], AmlCheck: []}
        for one in people[start : start + 500]:
            customer_id = ids.new("cus")
            wrapped, cipher = deps.vault.new_key(tenant_id, customer_id)
            sealed = cipher.seal_json({"email": "b@example.com", "firstName": one.name, "lastName": None}, customer.PERSONAL)
            born = cipher.seal_json(plain(KycData(date_of_birth=one.born)), declaration.DATA)
            digest = person.digest(Person((one.name,), (one.born.isoformat(),)), cipher)
            shared = {"tenant_id": tenant_id, "created_at": at}
            rows[Customer].append({
                "id": customer_id, "type": "INDIVIDUAL", "kyc_status": "VERIFIED", "aml_status": "CLEAR", "aml_person": digest,
                "risk_level": "UNKNOWN", "tags": [], "personal": sealed, "kyc_data": born, "status_since": at, "updated_at": at,
                **shared,
            })  # fmt: skip
            rows[DataKey].append({"customer_id": customer_id, "wrapped": wrapped, **shared})
            rows[Screening].append({
                "id": ids.new("scr"), "customer_id": customer_id, "verifications": [], "is_open": False, "asked_at": at,
                "due_at": at, "wake_at": at, **shared,
            })  # fmt: skip
            rows[AmlCheck].append({
                "customer_id": customer_id, "tenant_id": tenant_id, "screener": ScreenerName.LISTS, "screened": Screened.CLEAR,
                "versions": {"bench": "0"}, "remarks": [], "person": digest, "checked_at": at,
            })  # fmt: skip
        async with transaction(deps.database) as session:
            for table, values in rows.items():
                await session.execute(insert(table), values)
