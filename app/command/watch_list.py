"""`gatehouse lists` and `gatehouse screen`: import watch lists, show the versions in use, screen one name by hand."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from app.command.terminal import opened, run, say
from app.domain.lists import LICENCES, Format, detect, ofac
from app.domain.lists.fault import ListFault
from app.domain.normal import country, date
from app.domain.screening import Case, Person
from app.domain.screening.score import THRESHOLD
from app.errors import ScreenerFault, UserFault

if TYPE_CHECKING:
    from app.config import Settings
    from app.service.dependencies import Dependencies

app = typer.Typer(help="Import watch lists and show the versions in use.", no_args_is_help=True)
# The name and file of the invented list that ships with Gatehouse.
SANDBOX, SANDBOX_FILE = "sandbox", Path(__file__).parent / "sandbox_list.ftm.json"
SANDBOX_LICENCE = "Invented for the sandbox; the people on it do not exist"


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="The file: OFAC's sdn.csv (its other files beside it), an OpenSanctions "
        "targets.simple.csv, FollowTheMoney JSON lines; or the word sandbox for the invented list that ships with Gatehouse.")],
    name: Annotated[Optional[str], typer.Option(help="The list's name. A new version replaces the one in use.")] = None,
    format: Annotated[Optional[Format], typer.Option(help="The format. Detected from the file if omitted.")] = None,
    version: Annotated[Optional[str], typer.Option(help="The version. Today's date and the file's digest if omitted.")] = None,
    licence: Annotated[Optional[str], typer.Option(help="The terms of use of the data, stored with the list.")] = None,
    threshold: Annotated[float, typer.Option(help="The lowest score that counts as a hit.", min=0.5, max=1.0)] = THRESHOLD,
    may_shrink: Annotated[bool, typer.Option("--may-shrink", help="Accept far fewer people than the version in use has.")] = False,
) -> None:  # fmt: skip
    """Imports a file as the next version of a list. Workers then screen every verified customer against it."""
    built_in = str(file) == SANDBOX and not file.exists()
    path = SANDBOX_FILE if built_in else file
    if not path.is_file():
        raise UserFault("NOT_FOUND", f"The file {path} does not exist.")
    from app import config

    settings = config.load()
    if built_in and settings.production:
        raise UserFault("SANDBOX_ONLY", "The invented list is for the sandbox only.")
    try:
        found = format or detect(path)
        missing = ofac.beside(path) if found is Format.OFAC else ()
        if missing:
            say(f"{' and '.join(missing)} not found beside {path.name}: names listed there will not be matched")
        note = SANDBOX_LICENCE if built_in else licence or LICENCES[found]
        title = SANDBOX if built_in else name or path.name.split(".")[0]
        run(_import(settings, path, title, found, note, threshold, version, may_shrink))
    except ListFault as fault:
        say(f"{path.name} was not imported: {fault}\nThe lists in use are unchanged")
        raise typer.Exit(1) from None


async def _import(
    settings: Settings,
    path: Path,
    name: str,
    format_: Format,
    licence: str,
    threshold: float,
    version: str | None,
    may_shrink: bool,
) -> None:
    from app.service.screening import watch_list

    async with opened(settings) as parts:
        wanted = watch_list.Import(path, name, format_, licence, threshold, version, may_shrink)
        done = await watch_list.take_in(parts.deps, wanted, lambda many: say(f"{many} people read") if many % 10_000 == 0 else None)
    if done.known:
        say("This file is already in use; nothing was changed")
    print(f"{done.name}  {done.version}  {done.entries} people  {done.skipped} entries skipped  {licence}")


async def bring_in_sandbox(deps: Dependencies) -> None:
    """Imports the invented list, for the demo."""
    from app.service.screening import watch_list

    wanted = watch_list.Import(SANDBOX_FILE, SANDBOX, Format.FTM, SANDBOX_LICENCE, THRESHOLD)
    await watch_list.take_in(deps, wanted)


@app.command("status")
def status(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False) -> None:
    """Prints the lists in use and the progress of the last re-screenings."""
    run(_status(as_json))


async def _status(as_json: bool) -> None:
    from app import config
    from app.service.screening import rescreening, watch_list

    async with opened(config.load()) as parts, parts.deps.database.reading() as connection:
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
        say("No list has been imported, so the screener `lists` does not count. Import one with: gatehouse lists import FILE")


def _list(row: Any) -> dict[str, Any]:
    columns = ("name", "version", "format", "status", "entries", "threshold", "licence")
    return {name: getattr(row, name) for name in columns} | {"importedAt": row.imported_at.isoformat(timespec="seconds")}


def _walk(row: Any) -> dict[str, Any]:
    return {"list": row.list, "version": row.version, "open": row.is_open, "done": row.done, "total": row.total, "found": row.found}


def screen(
    name: Annotated[list[str], typer.Option(help="A name; may be given several times.")],
    birthdate: Annotated[Optional[str], typer.Option(help="YYYY-MM-DD.")] = None,
    nationality: Annotated[Optional[list[str]], typer.Option(help="A two-letter country code; may be given several times.")] = None,
    document: Annotated[Optional[list[str]], typer.Option(help="A document's number; may be given several times.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> None:
    """Screens one name against the imported lists and explains each hit. Stores nothing."""
    if birthdate is not None and date.day(birthdate) is None:
        raise UserFault("INVALID_DATE", f"Invalid date {birthdate!r}. Use the format YYYY-MM-DD.")
    if not any(part.strip() for part in name):
        raise UserFault("NAME_REQUIRED", "Give a name with --name.")
    countries = [(code, country.alpha2(code)) for code in nationality or []]
    unknown = [code for code, found in countries if found is None]
    if unknown:
        raise UserFault("INVALID_COUNTRY", f"Unknown country code: {', '.join(unknown)}. Use two letters, for example ES.")
    person = Person(
        tuple(name), (birthdate,) if birthdate else (), tuple(found for _, found in countries if found), tuple(document or ())
    )
    run(_screen(person, as_json))


async def _screen(person: Person, as_json: bool) -> None:
    from app import config
    from app.service.screening import matcher

    async with opened(config.load()) as parts, contextlib.aclosing(matcher.Matcher(parts.deps.database)) as lists_:
        try:
            report = (await lists_.screen([Case(person)]))[0]
        except ScreenerFault as fault:
            raise UserFault("SCREENER_FAULT", f"The screening failed: {fault}.") from None
    if not report.versions:
        raise UserFault("NO_LIST", "No list has been imported. Import one with: gatehouse lists import FILE")
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
    """Returns one line for each criterion that counted."""
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
        lines.append(f"the list has only one word of the name: {explanation['oneWord']['score']:g}")
    if "document" in explanation:
        lines.append(f"document {', '.join(explanation['document']['same'])}: at least {explanation['document']['least']:g}")
    return lines
