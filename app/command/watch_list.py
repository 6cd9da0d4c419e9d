"""`gatehouse lists` and `gatehouse screen`: bringing lists in, seeing what is in use, and trying a name by hand."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from app import config, wiring
from app.command.terminal import run, say
from app.domain import lists
from app.domain.lists import LICENCES, Format, ofac
from app.domain.lists.fault import ListFault
from app.domain.normal import country, date
from app.domain.screening import Case, Person
from app.domain.screening.score import THRESHOLD
from app.errors import ScreenerFault, UserFault
from app.service.dependencies import Dependencies
from app.store import migrate

app = typer.Typer(help="The lists that customers are looked for in.", no_args_is_help=True)
# The invented list that ships, and what it is called.
SANDBOX, SANDBOX_FILE = "sandbox", Path(__file__).parent / "sandbox_list.ftm.json"
SANDBOX_LICENCE = "Invented for the sandbox; nobody on it exists"


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="The file: OFAC's sdn.csv (its other files beside it), an OpenSanctions "
        "targets.simple.csv, FollowTheMoney JSON lines; or the word sandbox for the invented list that ships.")],
    name: Annotated[Optional[str], typer.Option(help="The list's name; a new version takes the place of the one in use.")] = None,
    format: Annotated[Optional[Format], typer.Option(help="The format; found out by itself if left out.")] = None,
    version: Annotated[Optional[str], typer.Option(help="The version; today's date and the file's digest if left out.")] = None,
    licence: Annotated[Optional[str], typer.Option(help="What may be done with the data, noted with the list.")] = None,
    threshold: Annotated[float, typer.Option(help="From which score on somebody is a hit.", min=0.5, max=1.0)] = THRESHOLD,
    may_shrink: Annotated[bool, typer.Option("--may-shrink", help="Take it even with far fewer people than before.")] = False,
) -> None:  # fmt: skip
    """Imports a file as the next version of a list. Everybody who was verified is then looked for in it, by the workers."""
    built_in = str(file) == SANDBOX and not file.exists()
    path = SANDBOX_FILE if built_in else file
    if not path.is_file():
        raise UserFault("NOT_FOUND", f"There is no file {path}.")
    settings = config.load()
    if built_in and settings.production:
        raise UserFault("SANDBOX_ONLY", "The invented list is for the sandbox: in production it would only mislead.")
    try:
        found = format or lists.detect(path)
        missing = ofac.beside(path) if found is Format.OFAC else ()
        if missing:
            say(f"Beside {path.name} there is no {' and no '.join(missing)}: names that stand there will not be found")
        note = SANDBOX_LICENCE if built_in else licence or LICENCES[found]
        title = SANDBOX if built_in else name or path.name.split(".")[0]
        run(_import(settings, path, title, found, note, threshold, version, may_shrink))
    except ListFault as fault:
        say(f"{path.name} was not imported: {fault}\nThe lists in use are as they were")
        raise typer.Exit(1) from None


async def _import(
    settings: config.Settings,
    path: Path,
    name: str,
    format_: Format,
    licence: str,
    threshold: float,
    version: str | None,
    may_shrink: bool,
) -> None:
    from app.service.screening import watch_list

    await _migrated(settings)
    async with wiring.opened(settings) as parts:
        wanted = watch_list.Import(path, name, format_, licence, threshold, version, may_shrink)
        done = await watch_list.take_in(parts.deps, wanted, lambda many: say(f"{many} people read") if many % 10_000 == 0 else None)
    if done.known:
        say("This very file is in use already; nothing was changed")
    print(f"{done.name}  {done.version}  {done.entries} people  {done.skipped} others left out  {licence}")


async def bring_in_sandbox(deps: Dependencies) -> None:
    """The invented list, for the demo."""
    from app.service.screening import watch_list

    wanted = watch_list.Import(SANDBOX_FILE, SANDBOX, Format.FTM, SANDBOX_LICENCE, THRESHOLD)
    await watch_list.take_in(deps, wanted)


async def _migrated(settings: config.Settings) -> None:
    await migrate.ready(settings.database_url)


@app.command("status")
def status(as_json: Annotated[bool, typer.Option("--json", help="As a JSON object.")] = False) -> None:
    """The lists in use, and how far the last re-screenings are."""
    run(_status(as_json))


async def _status(as_json: bool) -> None:
    from app.service.screening import rescreening, watch_list

    settings = config.load()
    await _migrated(settings)
    async with wiring.opened(settings) as parts, parts.deps.database.reading() as connection:
        rows = await watch_list.every(connection)
        walks = await rescreening.newest(connection)
    told = {"lists": [_list(row) for row in rows], "rescreenings": [_walk(row) for row in walks]}
    if as_json:
        print(json.dumps(told, indent=2))
        return
    for row in told["lists"]:
        print(
            f"{row['name']}  {row['version']}  {row['status']}  {row['entries']} people  from {row['threshold']}  {row['licence']}"
        )
    for row in told["rescreenings"]:
        share = f"{row['done']} of {row['total']} customers, {row['found']} with something new"
        print(f"re-screening of {row['list']} {row['version']}  {'under way' if row['open'] else 'ended'}  {share}")
    if not rows:
        say("No list was imported: the screener lists does not count. Import one with: gatehouse lists import FILE")


def _list(row: Any) -> dict[str, Any]:
    columns = ("name", "version", "format", "status", "entries", "threshold", "licence")
    return {name: getattr(row, name) for name in columns} | {"importedAt": row.imported_at.isoformat(timespec="seconds")}


def _walk(row: Any) -> dict[str, Any]:
    return {"list": row.list, "version": row.version, "open": row.is_open, "done": row.done, "total": row.total, "found": row.found}


def screen(
    name: Annotated[list[str], typer.Option(help="A name; may be given several times.")],
    birthdate: Annotated[Optional[str], typer.Option(help="YYYY-MM-DD.")] = None,
    nationality: Annotated[Optional[list[str]], typer.Option(help="A country's code; may be given several times.")] = None,
    document: Annotated[Optional[list[str]], typer.Option(help="A document's number; may be given several times.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON array.")] = False,
) -> None:
    """Looks for somebody in the imported lists, and explains each hit. Nothing is stored."""
    if birthdate is not None and date.day(birthdate) is None:
        raise UserFault("INVALID_DATE", f"{birthdate} is no day; write it YYYY-MM-DD.")
    if not any(part.strip() for part in name):
        raise UserFault("NAME_REQUIRED", "Give a name with --name.")
    countries = [(code, country.alpha2(code)) for code in nationality or []]
    unknown = [code for code, found in countries if found is None]
    if unknown:
        raise UserFault("INVALID_COUNTRY", f"{', '.join(unknown)} is no country's code; write it by ISO 3166-1, e.g. ES.")
    person = Person(
        tuple(name), (birthdate,) if birthdate else (), tuple(found for _, found in countries if found), tuple(document or ())
    )
    run(_screen(person, as_json))


async def _screen(person: Person, as_json: bool) -> None:
    from app.service.screening import matcher

    settings = config.load()
    await _migrated(settings)
    async with wiring.opened(settings) as parts, contextlib.aclosing(matcher.Matcher(parts.deps.database)) as lists_:
        try:
            report = (await lists_.screen([Case(person)]))[0]
        except ScreenerFault as fault:
            raise UserFault("SCREENER_FAULT", f"Nobody was looked for: {fault}.") from None
    if not report.versions:
        raise UserFault("NO_LIST", "No list was imported. Import one with: gatehouse lists import FILE")
    if as_json:
        hits = [
            {"list": hit.list, "entry": hit.key, "name": hit.name, "score": hit.score, "topics": hit.topics, **hit.details}
            for hit in report.hits
        ]
        print(json.dumps(hits, indent=2, ensure_ascii=False))
        return
    for hit in report.hits:
        print(f"{hit.score:.3f}  {hit.details['strength']:<8}  {hit.name}  ({hit.list} {hit.key}; {', '.join(hit.topics)})")
        for line in _explained(hit.details["explanation"]):
            print(f"       {line}")
        if hit.details["source"]:
            print(f"       {hit.details['source']}")
    looked = ", ".join(f"{list_name} {version}" for list_name, version in report.versions.items())
    say(f"{len(report.hits)} hits in {looked}" + (f"; {', '.join(report.remarks)}" if report.remarks else ""))


def _explained(explanation: dict[str, Any]) -> list[str]:
    """Each thing that counted, in a line."""
    found = explanation["name"]
    pairs = ", ".join(f"{pair['customer']} = {pair['listed']} {pair['score']:g}" for pair in found["words"])
    lines = [f"name {found['score']:g}: {pairs}" + ("; weak alias" if found["weakAlias"] else "")]
    if found["onlyCustomer"]:
        lines.append(f"not on the list: {' '.join(found['onlyCustomer'])}")
    if found["onlyListed"]:
        lines.append(f"only on the list: {' '.join(found['onlyListed'])}")
    for key, title in (("birthDate", "birth date"), ("country", "country")):
        if key in explanation:
            part = explanation[key]
            fits = part["fits"] if isinstance(part["fits"], str) else "same" if part["fits"] else "other"
            lines.append(f"{title} {fits} ({', '.join(part['listed'])}): {part['effect']:+g}")
    if "oneWord" in explanation:
        lines.append(f"the list knows one word of the name only: {explanation['oneWord']['score']:g}")
    if "document" in explanation:
        lines.append(f"document {', '.join(explanation['document']['same'])}: at least {explanation['document']['least']:g}")
    return lines
