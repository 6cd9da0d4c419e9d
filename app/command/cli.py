"""The command `gatehouse`. Results go to standard output, progress and faults to standard error."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from app.command import credential, twin, watch_list
from app.command.terminal import Host, opened, run, say, say_database, span
from app.errors import ConfigurationFault, UserFault

if TYPE_CHECKING:
    from app.config import Settings

HELP = """Gatehouse: one GraphQL API in front of identity-verification providers.

Try it:      gatehouse demo
Run it:      gatehouse serve, then gatehouse credentials issue --kind api-key --role service --name crm
Distribute:  set GATEHOUSE_DATABASE_URL (PostgreSQL) and GATEHOUSE_REDIS_URL, gatehouse db upgrade,
             then any number of gatehouse serve and gatehouse worker.

Settings are environment variables with the prefix GATEHOUSE_, or lines of a .env file; docs/settings.md lists them.
Exit codes: 0 success, 1 a fault was found, 2 wrong usage.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
sandbox = typer.Typer(help="Move the sandbox's clock. Not available in production.", no_args_is_help=True)
database = typer.Typer(help="Migrate the database and check its contents.", no_args_is_help=True)
app.add_typer(credential.app, name="credentials")
app.add_typer(database, name="db")
app.add_typer(twin.app, name="twin")
app.add_typer(sandbox, name="sandbox")
app.add_typer(watch_list.app, name="lists")
app.command("screen")(watch_list.screen)
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 compared, never bound to


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"gatehouse {version('gatehouse')}")
        raise typer.Exit


@app.callback()
def common(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Holds the options of the command itself; Typer shows HELP in place of this text."""


@app.command()
def serve(host: Host = "127.0.0.1", port: Annotated[int, typer.Option(help="The port.")] = 8000) -> None:
    """Runs the gateway: GraphQL over HTTP and WebSocket, GraphiQL, health. Without Redis, workers run inside it."""
    from app import config, log

    settings = config.load()
    log.configure(settings.log_level)
    run(_serve(settings, host, port))


async def _serve(settings: Settings, host: str, port: int) -> None:
    from app import main, serving

    _warn_of_misspelt_settings()
    if "public_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"public_url": f"http://{host}:{port}"})
        if host in ANY_ADDRESS:
            say(f"Warning: GATEHOUSE_PUBLIC_URL is not set, so links for customers begin with http://{host}:{port}.")
    say_database(settings)
    async with main.gateway(settings) as application:
        workers = "worker processes" if settings.redis_url else "workers inside"
        say(f"Gatehouse serves http://{host}:{port}/graphql ({settings.environment}, {workers})")
        await serving.serve(application, host=host, port=port)


def _warn_of_misspelt_settings() -> None:
    from app.command import spelling

    for found in spelling.misspelt():
        say(f"Warning: there is no setting {found.name} ({found.place}). {found.remedy}")


@app.command()
def worker(
    concurrency: Annotated[Optional[int], typer.Option(help="The number of jobs at a time.", min=1, max=512)] = None,
) -> None:
    """Runs a worker process of a distributed set-up. Needs PostgreSQL and Redis."""
    from app import config
    from tasks import worker as process

    settings = config.load()
    if not settings.redis_url:
        raise ConfigurationFault(
            ["GATEHOUSE_REDIS_URL: a worker process needs it; without Redis, workers run inside gatehouse serve"]
        )
    _warn_of_misspelt_settings()
    say_database(settings)
    run(process.run(settings, concurrency=concurrency or settings.worker_concurrency))


@app.command()
def demo(
    exit: Annotated[bool, typer.Option("--exit", help="Exit after the table of results.")] = False,
    port: Annotated[int, typer.Option(help="The gateway's port; the twin takes the next one.")] = 8000,
) -> None:
    """Runs the gateway, workers and twins in one process and takes invented customers through the main job."""
    from app.command.demo import demo as show

    run(show.run(port=port, leave=exit))


@app.command()
def doctor() -> None:
    """Checks settings, database, Redis, blob store, and each provider's credentials, clock, level and webhook secret."""
    from app import log

    log.configure("ERROR")
    run(_doctor())


async def _doctor() -> None:
    from rich.console import Console

    from app.command import doctor as examination

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    if not await examination.run(console):
        raise typer.Exit(1)
    say("No faults found")


@app.command()
def schema() -> None:
    """Prints the GraphQL schema, byte for byte what schema.graphql holds."""
    from api.schema import sdl

    sys.stdout.write(sdl())


@database.command("upgrade")
def db_upgrade() -> None:
    """Migrates the database to the newest schema."""
    from app import config
    from app.store import migrate

    settings = config.load()
    say_database(settings)
    run(migrate.upgrade(settings.database_url))
    say("The database is up to date")


@database.command("check")
def db_check() -> None:
    """Checks that the stored data is consistent. Exits with 1 if it is not."""
    run(_check())


async def _check() -> None:
    from app import config, wiring
    from app.service import consistency
    from app.store import migrate

    settings = config.load()
    say_database(settings)
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
    limit: Annotated[int, typer.Option(help="The greatest number of cases, longest first.", min=1, max=1000)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> None:
    """Lists stuck customers: since when, the cause, and what to do."""
    run(_stuck(limit, as_json))


async def _stuck(limit: int, as_json: bool) -> None:
    from app import config
    from app.domain.stuck import ADVICE, Cause
    from app.service.customer import stuck

    async with opened(config.load()) as parts, parts.deps.database.reading() as connection:
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
    say(f"Stuck cases: {len(entries)}" if entries else "No customer is stuck")


@sandbox.command("advance")
def sandbox_advance(by: Annotated[str, typer.Argument(help="A number and a unit: 90s, 30m, 18h or 30d.")]) -> None:
    """Moves the sandbox's clock forward for every process, so that everything due by then is due now."""
    run(_advance(span(by, "BY")))


async def _advance(by: dt.timedelta) -> None:
    from app import config
    from app.service.sandbox import clock

    settings = config.load()
    if settings.production:
        raise ConfigurationFault(["GATEHOUSE_ENVIRONMENT: the clock can be moved in the sandbox only"])
    async with opened(settings) as parts:
        await clock.advance(parts.deps, by.total_seconds())
        print(parts.deps.clock.now().isoformat(timespec="seconds"))


def main() -> None:
    """Runs the command. Lists all settings that cannot work and exits with 1."""
    try:
        app()
    except ConfigurationFault as problem:
        say(f"Gatehouse cannot start with these settings:\n{problem}")
        sys.exit(1)
    except UserFault as problem:
        say(problem.message)
        sys.exit(2)
