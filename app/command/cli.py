"""The command `gatehouse`. Results go to standard output, progress and faults to standard error."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Annotated, Any, Optional

import typer
from rich.console import Console

from app import config, log, serving, wiring
from app.command import credential, twin, watch_list
from app.command.terminal import Host, run, say, span
from app.errors import ConfigurationFault, UserFault
from app.store import migrate

HELP = """Gatehouse: one GraphQL API in front of identity-verification vendors.

Try it:      gatehouse demo
Run it:      gatehouse serve, then gatehouse credentials issue --kind api-key --role service --name crm
Distribute:  set GATEHOUSE_DATABASE_URL (PostgreSQL) and GATEHOUSE_REDIS_URL, gatehouse db upgrade,
             then any number of gatehouse serve and gatehouse worker.

Settings are environment variables with the prefix GATEHOUSE_, or lines of a .env file; docs/settings.md lists them.
Exit codes: 0 fine, 1 found a fault, 2 wrong usage.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
sandbox = typer.Typer(help="The sandbox's clock; there is none in production.", no_args_is_help=True)
database = typer.Typer(help="Migrate the database, and check what is stored.", no_args_is_help=True)
app.add_typer(credential.app, name="credentials")
app.add_typer(database, name="db")
app.add_typer(twin.app, name="twin")
app.add_typer(sandbox, name="sandbox")
app.add_typer(watch_list.app, name="lists")
app.command("screen")(watch_list.screen)


@app.command()
def serve(host: Host = "127.0.0.1", port: Annotated[int, typer.Option(help="The port.")] = 8000) -> None:
    """The gateway: GraphQL over HTTP and WebSocket, GraphiQL, health. Without Redis the workers run inside it."""
    settings = config.load()
    log.configure(settings.log_level)
    run(_serve(settings, host, port))


async def _serve(settings: config.Settings, host: str, port: int) -> None:
    from app import main

    if "public_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"public_url": f"http://{host}:{port}"})
    async with main.gateway(settings) as application:
        workers = "worker processes" if settings.redis_url else "workers inside"
        say(f"Gatehouse serves http://{host}:{port}/graphql ({settings.environment}, {workers})")
        await serving.serve(application, host=host, port=port)


@app.command()
def worker(
    concurrency: Annotated[Optional[int], typer.Option(help="Ingestions at a time.", min=1, max=512)] = None,
) -> None:
    """A worker process of a distributed set-up. Needs PostgreSQL and Redis."""
    settings = config.load()
    if not settings.redis_url:
        raise ConfigurationFault(
            ["GATEHOUSE_REDIS_URL: a worker process needs it; without Redis the workers run inside gatehouse serve"]
        )
    from tasks import worker as process

    run(process.run(settings, concurrency=concurrency or settings.worker_concurrency))


@app.command()
def demo(
    exit: Annotated[bool, typer.Option("--exit", help="End after the table of results.")] = False,
    port: Annotated[int, typer.Option(help="The gateway's port; the twin takes the next one.")] = 8000,
) -> None:
    """Gateway, workers and twin in one go: invented customers, and the main job run before your eyes."""
    from app.command.demo import demo as show

    run(show.run(port=port, leave=exit))


@app.command()
def doctor() -> None:
    """Checks settings, database, Redis, blob store, and each vendor's credentials, clock, level and webhook secret."""
    from app.command import doctor as examination

    log.configure("ERROR")
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    run(_doctor(console, examination))


async def _doctor(console: Console, examination: Any) -> None:
    if not await examination.run(console):
        raise typer.Exit(1)
    say("Nothing is wrong")


@app.command()
def schema() -> None:
    """Prints the GraphQL schema, byte for byte what schema.graphql holds."""
    from api.schema import sdl

    sys.stdout.write(sdl())


@database.command("upgrade")
def db_upgrade() -> None:
    """Brings the database to the newest schema."""
    settings = config.load()
    run(migrate.upgrade(settings.database_url))
    say("The database is up to date")


@database.command("check")
def db_check() -> None:
    """Checks that what is stored is consistent; exit 1 where something is wrong."""
    run(_check())


async def _check() -> None:
    from app.service import consistency

    settings = config.load()
    await migrate.require_current(settings.database_url)
    async with wiring.opened(settings) as parts, parts.deps.database.reading() as connection:
        broken = await consistency.broken(connection)
    for rule, ids in broken.items():
        print(f"broken: {rule}: {', '.join(ids)}")
    if broken:
        raise typer.Exit(1)
    say(f"{len(consistency.RULES)} rules hold")


@app.command("stuck")
def stuck_verifications(
    limit: Annotated[int, typer.Option(help="At most so many, the longest first.", min=1, max=1000)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON array.")] = False,
) -> None:
    """Customers that do not get on: since when, who, why, and what to do."""
    run(_stuck(limit, as_json))


async def _stuck(limit: int, as_json: bool) -> None:
    from app.domain.stuck import ADVICE, Cause
    from app.service.customer import stuck

    settings = config.load()
    await migrate.ready(settings.database_url)
    async with wiring.opened(settings) as parts, parts.deps.database.reading() as connection:
        rows = await stuck.page(connection, at=parts.deps.clock.now(), limit=limit)
    entries = [
        {
            "since": row.since.isoformat(timespec="seconds"),
            "customerId": row.customer_id,
            "cause": row.cause,
            "nextStep": ADVICE[Cause(row.cause)].next_step,
            "api": ADVICE[Cause(row.cause)].api,
            "command": ADVICE[Cause(row.cause)].command,
        }
        for row in rows
    ]
    if as_json:
        print(json.dumps(entries, indent=2))
        return
    for entry in entries:
        print(f"{entry['since']}  {entry['customerId']}  {entry['cause']:<26}  {entry['nextStep']} ({entry['api']})")
    say(f"{len(entries)} are stuck" if entries else "Nobody is stuck")


@sandbox.command("advance")
def sandbox_advance(by: Annotated[str, typer.Argument(help="A number and a unit: 90s, 30m, 18h or 30d.")]) -> None:
    """Moves the sandbox's clock forward, for every process: what is due by then is due now."""
    run(_advance(span(by, "BY")))


async def _advance(by: dt.timedelta) -> None:
    from app.service.sandbox import clock

    settings = config.load()
    if settings.production:
        raise ConfigurationFault(["GATEHOUSE_ENVIRONMENT: the clock can be moved in the sandbox only"])
    await migrate.ready(settings.database_url)
    async with wiring.opened(settings) as parts:
        await clock.advance(parts.deps, by.total_seconds())
        print(parts.deps.clock.now().isoformat(timespec="seconds"))


def main() -> None:
    """Runs the command. Settings that cannot work are listed, all of them, and end it with exit code 1."""
    try:
        app()
    except ConfigurationFault as problem:
        say(f"Gatehouse cannot start like this:\n{problem}")
        sys.exit(1)
    except UserFault as problem:
        say(problem.message)
        sys.exit(2)
