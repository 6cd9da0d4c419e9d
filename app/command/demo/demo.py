"""`gatehouse demo`: gateway, workers and both twins in one process, and the main job run once before your eyes."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from app import config, log, main, serving, wiring
from app.clock import SystemClock
from app.command import watch_list
from app.command.demo import customer, hit
from app.command.demo.client import HOST, Client
from app.domain.credential import CredentialKind, Right, Role
from app.service.dependencies import Dependencies
from app.service.trust import credential
from app.store import migrate
from app.store.db import transaction
from providers.sumsub import twin as sumsub_twin
from providers.veriff import twin as veriff_twin

PATIENCE_SECONDS = 60
SCREENINGS_PER_5S = 50
# For output that goes to a file.
WIDTH = 132
PEOPLE = (
    ("Iria", "Vale Montes", "passport"),
    ("Jonas Emil", "Brandner", "id-card"),
    ("Amara", "Okonjo-Reyes", "no-proof-of-address"),
    ("Tomasz", "Zieleń", "expired-document"),
    ("Noor", "Haddad", "used-token"),
    ("Lena", "Sørby", "failing-twice"),
    ("Iria", "Vale Montes", "veriff: passport"),
)
AT_VERIFF = "veriff: "
# Whose verification it is matters less here than the name that the customer gave.
LISTED = "veriff: id-card"
REVERSED = {"reviewResult": {"reviewAnswer": "RED", "reviewRejectType": "FINAL", "rejectLabels": ["FORGERY"]}}
MARKS = {"COMPLETED": "[green]✓[/]", "FAILED": "[red]✗[/]", "PROCESSING": "[yellow]…[/]"}
CREATE = """mutation($input: CreateCustomerInput!) {
  createCustomer(input: $input) { customer { id } userErrors { message } } }"""
INGEST = """mutation($input: CreateIngestionInput!) {
  createIngestion(input: $input) { ingestion { id } userErrors { message } } }"""
READ = """query($id: ID!) { ingestion(id: $id) { attempts results {
  process status error { code hint } warnings { code } files { context } } } }"""


OF = """query($id: ID!) { ingestion(id: $id) { customer { id } } }"""
FIND = """query($externalId: String!) { customer(externalId: $externalId) { verification { providerReference } } }"""


@dataclass(frozen=True)
class Twins:
    """The twins' addresses."""

    sumsub: str
    veriff: str


async def run(*, port: int, leave: bool) -> None:
    """Runs the demo; with `leave` it ends after the table, else the servers stay until Ctrl-C."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    log.configure("CRITICAL")
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-demo-"))
    port = serving.free_port(HOST, port)
    ports = serving.free_port(HOST, port + 1), serving.free_port(HOST, port + 2)
    hooks = f"http://{HOST}:{port}/webhooks"
    # Nobody should wait for the vendor's ten readings a minute here.
    sumsub = sumsub_twin.Options(seed=1, webhook_url=f"{hooks}/sumsub", aml_per_minute=SCREENINGS_PER_5S * 12)
    veriff = veriff_twin.Options(seed=1, webhook_url=f"{hooks}/veriff")
    twins = Twins(*(f"http://{HOST}:{each}" for each in ports))
    settings = _settings(folder, port, twins, sumsub, veriff)
    try:
        async with (
            serving.running(sumsub_twin.application(sumsub), host=HOST, port=ports[0]),
            serving.running(veriff_twin.application(veriff), host=HOST, port=ports[1]),
        ):
            await migrate.upgrade(settings.database_url)
            tokens = await _credentials(settings)
            async with main.gateway(settings) as application, serving.running(application, host=HOST, port=port):
                _introduce(console, port, twins, tokens)
                async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=30) as http:
                    client = Client(http, port, tokens["api-key"])
                    await _main_job(console, client, twins)
                    await _change_of_mind(console, client, twins)
                    await customer.run(console, client)
                    listed = await _ingest(client, twins, hit.FIRST, hit.LAST, LISTED)
                    await hit.run(console, client, await _customer_of(client, listed), tokens["compliance"])
                if not leave:
                    await _stay(console, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, port: int, twins: Twins, sumsub: sumsub_twin.Options, veriff: veriff_twin.Options) -> config.Settings:
    """Returns settings of an embedded gateway in a folder of its own, pointed at the twins."""
    keys = veriff.integrations["default"]
    return config.load(
        _env_file=None,
        environment="sandbox",
        database_url=f"sqlite+aiosqlite:///{folder}/gatehouse.db",
        redis_url=None,
        blob_url=None,
        public_url=f"http://{HOST}:{port}",
        sumsub_base_url=twins.sumsub,
        sumsub_app_token=sumsub.app_token,
        sumsub_secret_key=sumsub.secret_key,
        sumsub_webhook_secret=sumsub.webhook_secret,
        veriff_base_url=twins.veriff,
        veriff_api_key=keys.api_key,
        veriff_shared_secret=keys.secret,
        sumsub_screenings_per_5s=SCREENINGS_PER_5S,
    )


async def _credentials(settings: config.Settings) -> dict[str, str]:
    """Issues one credential per kind of caller. The API key may read personal data, so that there is something to see."""
    wanted: tuple[tuple[str, CredentialKind, Role, list[Right]], ...] = (
        ("api-key", CredentialKind.API_KEY, Role.SERVICE, [Right.READ_PERSONS]),
        ("back-office", CredentialKind.PERSON, Role.BACK_OFFICE, []),
        ("compliance", CredentialKind.PERSON, Role.COMPLIANCE, []),
    )
    at = SystemClock().now()
    async with wiring.opened(settings) as parts:
        await watch_list.bring_in_sandbox(parts.deps)
        return await _issue(parts.deps, at, wanted)


async def _issue(
    deps: Dependencies, at: dt.datetime, wanted: Sequence[tuple[str, CredentialKind, Role, list[Right]]]
) -> dict[str, str]:
    async with transaction(deps.database) as session:
        tenant_id = await credential.ensure_tenant(session, "default", at=at)
        return {
            name: await credential.issue(
                session,
                tenant_id=tenant_id,
                kind=kind,
                role=role,
                name=f"demo {name}",
                scopes=scopes,
                live=False,
                at=at,
            )
            for name, kind, role, scopes in wanted
        }


def _introduce(console: Console, port: int, twins: Twins, tokens: dict[str, str]) -> None:
    console.print(f"[bold]Gatehouse[/]      http://{HOST}:{port}/graphql   (workers inside, SQLite)")
    console.print(f"[bold]Sumsub's twin[/]  {twins.sumsub}   (the vendor's wire, invented people)")
    console.print(f"[bold]Veriff's twin[/]  {twins.veriff}")
    for name, token in tokens.items():
        console.print(f"[bold]{name:<13}[/]  {token}", soft_wrap=True)
    console.print()


async def _main_job(console: Console, client: Client, twins: Twins) -> None:
    """Customers and ingestions, followed live, then the table of what became of them."""
    ingestions: dict[str, tuple[str, str]] = {}
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    with bar:
        task = bar.add_task("ingesting", total=len(PEOPLE))
        ready = asyncio.Event()
        following = asyncio.create_task(_follow(client, bar, task, ingestions, ready))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await ready.wait()
            # Without a cursor a subscription begins when it is taken up, a moment after it was read.
            await asyncio.sleep(0.2)
            for first, last, scenario in PEOPLE:
                ingestion_id = await _ingest(client, twins, first, last, scenario)
                ingestions[ingestion_id] = (f"{first} {last}", scenario)
            await following
    console.print(await _table(client, ingestions))


async def _ingest(client: Client, twins: Twins, first: str, last: str, scenario: str) -> str:
    name = scenario.removeprefix(AT_VERIFF)
    person = {"email": f"{name}@example.com", "firstName": first, "lastName": last, "externalId": scenario}
    made = await client.ask(CREATE, input=person)
    source: dict[str, Any]
    if scenario.startswith(AT_VERIFF):
        session = await client.http.post(f"{twins.veriff}/_twin/sessions", json={"scenario": name})
        source = {"veriff": {"sessions": [{"sessionId": session.json()["sessionId"]}]}}
    else:
        shared = await client.http.post(f"{twins.sumsub}/_twin/share-tokens", json={"scenario": name})
        source = {"sumsub": {"shareToken": shared.json()["token"]}}
    customer_id = made["createCustomer"]["customer"]["id"]
    queued = await client.ask(INGEST, input={"customerId": customer_id, "source": source, "idempotencyKey": scenario})
    return str(queued["createIngestion"]["ingestion"]["id"])


async def _customer_of(client: Client, ingestion_id: str) -> str:
    return str((await client.ask(OF, id=ingestion_id))["ingestion"]["customer"]["id"])


async def _change_of_mind(console: Console, client: Client, twins: Twins) -> None:
    """Takes an approval back at the provider: the webhook is proven, the state is fetched, and the customer is no longer
    verified."""
    found = (await client.ask(FIND, externalId=PEOPLE[0][2]))["customer"]
    applicant = found["verification"]["providerReference"]
    console.print(f"\nSumsub changes its mind about {PEOPLE[0][0]} {PEOPLE[0][1]}:")
    ready = asyncio.Event()
    events = client.events(ready)
    following = asyncio.create_task(_until_reversed(console, events))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await ready.wait()
        await asyncio.sleep(0.2)
        await client.http.post(f"{twins.sumsub}/_twin/applicants/{applicant}/review", json=REVERSED)
        await following


async def _until_reversed(console: Console, events: AsyncIterator[dict[str, Any]]) -> None:
    async for event in events:
        console.print(f"  [dim]{event['type']:<28}[/] {_said(event['data'])}", soft_wrap=True)
        if event["type"] == "customer.state_changed":
            return


async def _follow(client: Client, bar: Progress, task: Any, ingestions: dict[str, tuple[str, str]], ready: asyncio.Event) -> None:
    """Prints every event as it comes over the subscription, until all ingestions are finished."""
    finished = 0
    async for event in client.events(ready):
        data = event["data"]
        who = ingestions.get(data.get("ingestionId", ""), ("", ""))[0]
        bar.console.print(f"  [dim]{event['type']:<28}[/] {who:<19} {_said(data)}", soft_wrap=True)
        if event["type"] == "ingestion.status_changed" and data["newStatus"] == "FINISHED":
            finished += 1
            bar.advance(task)
            if finished == len(PEOPLE):
                return


def _said(data: dict[str, Any]) -> str:
    if "oldStatus" in data:
        return f"{data['oldStatus']} → [bold]{data['newStatus']}[/]"
    if "stage" in data:
        return f"{data['reviewAnswer'] or ''} [bold]{data['stage']}[/]"
    if "process" in data:
        return f"{data['process']} {MARKS[data['status']]} {data['errorCode'] or ''}"
    return ""


async def _table(client: Client, ingestions: dict[str, tuple[str, str]]) -> Table:
    table = Table(title="What became of them", title_justify="left")
    for name in ("customer", "scenario", "profile", "address", "identity", "proof", "tries", "worth knowing"):
        table.add_column(name)
    for ingestion_id, (who, scenario) in ingestions.items():
        found = (await client.ask(READ, id=ingestion_id))["ingestion"]
        results = found["results"]
        cells = [MARKS[item["status"]] + (f" {len(item['files'])} files" if item["files"] else "") for item in results]
        notes = sorted({item["error"]["code"] for item in results if item["error"]})
        notes += sorted({warning["code"] for item in results for warning in item["warnings"]})
        table.add_row(who, scenario, *cells, str(found["attempts"]), ", ".join(notes))
    return table


async def _stay(console: Console, port: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    console.print(f"\n[bold]GraphiQL[/]  http://{HOST}:{port}/graphql  (paste a credential from above). Ctrl-C ends.")
    await stopped.wait()
