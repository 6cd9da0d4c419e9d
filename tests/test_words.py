"""The words of the house: docstrings that begin with a verb, no private vocabulary, no standard's name for customers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.command import reference
from tests.make.process import ROOT

FOLDERS = (
    "app/child", "app/command", "app/domain", "app/model", "app/notify", "app/service", "app/store", "app/web",
    "graphql/api", "providers", "tasks",
)  # fmt: skip
TOP = "app/*.py"
# First words that end in s and are no verbs, and verbs whose third person does not.
FALSE_FRIENDS = {
    "This",
    "Its",
    "Theirs",
    "Yes",
    "As",
    "Always",
    "Whose",
    "Words",
    "Is",
    "Was",
    "Has",
    "Us",
    "Rows",
    "Seconds",
    "Status",
}
WH = re.compile(
    r"(?:^|[.!?] )(What|Who|Whom|Whose|Whether|Which|Whatever|Whoever|Why|How)\b(?![^.]*\?)|(?:^|\. )(Of|By|For) wh(at|om|ich)\b"
)
# "answers" as a verb for a return: an answer on the wire is a noun.
ANSWERS = re.compile(r"\b(it|and|that|which|what|function) answers\b|^Answers\b")
PRIVATE = re.compile(
    r"\b(bell|doorbell|rung|(?<!`)newcomers?|sightings?|workshops?|looked at|looks? at the vendor|gets? on|pulses?|rings? about|(?<!key )rings? for|is rung)\b"
)  # fmt: skip
STANDARDS = re.compile(r"E\.164|ISO[ -]?\d|check digits?|\blocale\b|RFC ?\d", re.IGNORECASE)


def sources(folder: str) -> list[Path]:
    found = (ROOT / folder).rglob("*.py") if folder != TOP else ROOT.glob(TOP)
    return sorted(path for path in found if "migrations" not in path.parts)


def docstrings(folder: str, *, functions: bool) -> Iterator[tuple[str, str]]:
    """The place and text of each docstring, of functions alone or of everything."""
    kinds: tuple[type[ast.AST], ...] = (ast.FunctionDef, ast.AsyncFunctionDef)
    if not functions:
        kinds = (*kinds, ast.ClassDef, ast.Module)
    for path in sources(folder):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, kinds) and (text := ast.get_docstring(node)):  # type: ignore[arg-type]
                line = getattr(node, "lineno", 1)
                yield f"{path.relative_to(ROOT)}:{line}: {text.splitlines()[0][:90]}", " ".join(text.split())


@pytest.mark.parametrize("folder", [TOP, *FOLDERS])
def test_a_functions_docstring_begins_with_a_verb_in_the_third_person(folder: str) -> None:
    bad = []
    for place, text in docstrings(folder, functions=True):
        first = re.match(r"[A-Za-z]+", text)
        if first is None or not first[0].endswith("s") or first[0].endswith("ss") or first[0] in FALSE_FRIENDS:
            bad.append(place)

    assert bad == [], "begin with a verb: Returns, Claims, Raises"


@pytest.mark.parametrize("folder", [TOP, *FOLDERS])
def test_docstrings_are_plain(folder: str) -> None:
    bad = [
        place
        for place, text in docstrings(folder, functions=False)
        if WH.search(text) or ANSWERS.search(text) or PRIVATE.search(text)
    ]

    assert bad == [], "no wh-clause as a subject, 'returns' for 'answers', the field's words"


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]), ids=lambda path: path.name)
def test_documents_use_the_fields_words(page: Path) -> None:
    bad = [line[:120] for line in page.read_text().splitlines() if PRIVATE.search(line)]

    assert bad == [], "see the table of words: wake-up, refresh, applicant, snapshot, stuck case"


def test_messages_use_the_fields_words() -> None:
    assert [item for item in reference.found() if PRIVATE.search(item.message)] == []


def shown_to_customers() -> Iterator[tuple[str, str]]:
    """The texts that the hosted page shows: its own, and those of faults that a customer can cause."""
    for name in ("app/domain/kyc", "app/domain", "app/web"):
        for path in (ROOT / name).glob("*.py"):
            tree = ast.parse(path.read_text())
            documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and " " in node.value
                    and id(node) not in documents
                ):
                    yield f"{path.name}:{node.lineno}", node.value
    for path in (ROOT / "app" / "web" / "hosted_assets").glob("*.js"):
        for text in re.findall(r'"([^"\n]* [^"\n]*)"', path.read_text()):
            yield path.name, text


def test_customers_read_no_name_of_a_standard() -> None:
    assert [(place, text) for place, text in shown_to_customers() if STANDARDS.search(text)] == []
