"""`gatehouse twin …`: local servers that speak a vendor's wire."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from app.command.terminal import Host, run, say

app = typer.Typer(help="Local servers that speak a vendor's wire, for trying and testing.", no_args_is_help=True)
Seed = Annotated[
    Optional[int],
    typer.Option(help="Makes ids and faults repeatable. Without a seed they are fresh at each start.", show_default=False),
]
File = Annotated[Optional[Path], typer.Option(help="A JSON file with more scenarios.")]
Specification = Annotated[str, typer.Option(help="Faults, e.g. 'latency=50,500=0.1,cut_after=0.02,webhook_twice=0.3'.")]
Ledger = Annotated[Optional[Path], typer.Option(help="A file to which every effect is appended.")]
Address = Annotated[Optional[str], typer.Option(help="Where signed webhooks go, e.g. http://127.0.0.1:8000/webhooks/sumsub.")]


@app.command("sumsub")
def sumsub(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port.")] = 8081,
    seed: Seed = None,
    scenario: File = None,
    webhook_url: Address = None,
    faults: Specification = "",
    ledger: Ledger = None,
) -> None:
    """Runs a twin of Sumsub: same paths, signatures, errors, limits and webhooks; invented people; misbehaves on request."""
    from providers.sumsub import twin

    _serve(twin, host, port, seed=seed, scenario=scenario, faults=faults, ledger=ledger, webhook_url=webhook_url)


@app.command("veriff")
def veriff(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port.")] = 8082,
    seed: Seed = None,
    scenario: File = None,
    webhook_url: Address = None,
    faults: Specification = "",
    ledger: Ledger = None,
) -> None:
    """Runs a twin of Veriff: same paths, signatures, errors and webhooks; invented people; misbehaves on request."""
    import providers.veriff.twin as twin

    _serve(twin, host, port, seed=seed, scenario=scenario, faults=faults, ledger=ledger, webhook_url=webhook_url)


def _serve(twin: Any, host: str, port: int, **given: Any) -> None:
    """Serves a twin, with the credentials that Gatehouse itself is set to."""
    from app import config, serving

    try:
        options = twin.Options.read(settings=config.load(), **given)
    except ValueError as problem:
        say(f"gatehouse twin: {problem}")
        raise typer.Exit(2) from None
    say(twin.welcome(options, host, port))
    run(serving.serve(twin.application(options), host=host, port=port))
