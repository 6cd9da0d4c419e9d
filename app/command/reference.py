"""Reference pages generated from the code: `python -m app.command.reference` writes docs/errors.md, events.md and states.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app import errors
from app.command import states
from app.domain.event import LOG, EventType

ROOT = Path(__file__).parents[2]
ROOMS = ("app/domain", "app/service", "app/model", "app/web", "graphql/api", "providers", "tasks")
BEGIN, END = "<!-- generated -->\n", "<!-- end of generated -->"
CODE, WORD = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"), re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
WORD_ALONE = re.compile(r"[A-Za-z0-9_]+")
# Line, name and text of each assignment.
Assigned = list[tuple[int, str, str]]
# The calls whose arguments hold a code followed by its message, by the section of docs/errors.md.
CALLS = {
    "UserFault": "user", "refuse": "user", "_of": "user", "Refusal": "user", "_fault": "user", "Remark": "file",
    "ProcessFault": "process", "warn": "warning", "Reason": "overview", "Required": "overview",
}  # fmt: skip
SECTIONS = {
    "user": ("`userErrors[].code`", "An expected failure of a mutation that changed nothing. `field` is the path to the input."),
    "start": ("Starts and uploads", "`verificationStarts { error { code } }`, and the JSON body of a refused `PUT /uploads/…`."),
    "file": ("Files", "The reason why a document cannot be used, or a warning about it."),
    "process": ("`results[].error.code`", "The reason why one KYC process of an ingestion failed. Others are not affected."),
    "warning": ("`results[].warnings[].code`", "Remarks on a result that is usable."),
    "overview": ("`kycOverview` and `requiredInformation`", "The reasons why a process is not satisfied or a field is required."),
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Found:
    """One error code with its message, as written in the code; `…` stands for a value."""

    section: str
    code: str
    message: str


def found() -> list[Found]:
    """Returns every error code in the product, sorted, each message once."""
    seen = {item for path in _sources() for item in _in_module(ast.parse(path.read_text()))}
    # A code without a message of its own is left out where the same code has one.
    told = {(item.section, item.code) for item in seen if item.message}
    return sorted(item for item in seen if item.message or (item.section, item.code) not in told)


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "twin" not in path.relative_to(ROOT).parts)


def _in_module(module: ast.Module) -> Iterator[Found]:
    for node in ast.walk(module):
        known = _assigned(node) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
        inner = ast.walk(node) if known else (node,)
        for part in inner:
            yield from _in_node(part, known)


def _assigned(function: ast.AST) -> Assigned:
    """Returns the texts assigned to local names with their lines, for messages that stand in a variable."""
    triples = ((node.lineno, node.targets[0], _text(node.value)) for node in ast.walk(function) if isinstance(node, ast.Assign))
    return [(line, target.id, text) for line, target, text in triples if isinstance(target, ast.Name) and text]


def _in_node(node: ast.AST, known: Assigned) -> Iterator[Found]:
    if isinstance(node, ast.Dict):
        content = {_text(key): value for key, value in zip(node.keys, node.values, strict=True) if key is not None}
        code = _text(content.get("code"))
        if code and CODE.fullmatch(code) and "message" in content:
            yield Found("start", code, _message(content["message"], known))
        return
    section, parts = _parts(node)
    for position, part in enumerate(parts):
        code = _text(part)
        lower = section in ("process", "warning", "overview")
        if section and code and (WORD if lower else CODE).fullmatch(code) and len(code) > 2:
            # Between a code and its message there may be the name of a field.
            after = (part for part in parts[position + 1 :] if not WORD_ALONE.fullmatch(_text(part) or ""))
            yield Found(section, code, _message(next(after, None), known))
            return


def _parts(node: ast.AST) -> tuple[str | None, list[ast.expr]]:
    """Returns the section and the arguments of a call, or the members of a tuple of a code and a message."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return CALLS.get(name), list(node.args)
    if isinstance(node, ast.Tuple) and len(node.elts) >= 2:
        code, message = _text(node.elts[0]), _text(node.elts[1])
        if code and message and " " in message:
            return "user" if CODE.fullmatch(code) else "process", list(node.elts)
    return None, []


def _message(node: ast.expr | None, known: Assigned) -> str:
    if isinstance(node, ast.Name):
        texts = [text for line, name, text in sorted(known) if name == node.id and line <= node.lineno]
        return texts[-1] if texts else ""
    return _text(node) or ""


def _text(node: ast.AST | None) -> str | None:
    """Returns the text of a literal, with `…` in place of its values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None


def error_lines() -> Iterator[str]:
    """Yields the sections of docs/errors.md."""
    yield from (
        "",
        "## `errors[].extensions.code`",
        "",
        "The request itself failed.",
        "",
        "| code | HTTP status | meaning |",
        "| --- | ---: | --- |",
    )
    kinds = sorted((kind for kind in errors.RequestFault.__subclasses__()), key=lambda kind: kind.code)
    for kind in kinds:
        yield f"| `{kind.code}` | {kind.status} | {' '.join((kind.__doc__ or '').split())} |"
    yield "| `INTERNAL` | 200 | A fault of Gatehouse. The details are in the log under `extensions.requestId`. |"
    codes = found()
    for section, (title, text) in SECTIONS.items():
        yield from ("", f"## {title}", "", text, "", "| code | message |", "| --- | --- |")
        mine = [item for item in codes if item.section == section]
        for code in sorted({item.code for item in mine}):
            messages = " / ".join(item.message.replace("|", "\\|") for item in mine if item.code == code)
            yield f"| `{code}` | {messages} |"


def event_lines() -> Iterator[str]:
    """Yields the table of docs/events.md."""
    yield from ("| type | meaning | keys of `data` |", "| --- | --- | --- |")
    for kind in EventType:
        yield f"| `{kind}` | {LOG[kind].meaning} | {', '.join(f'`{key}`' for key in LOG[kind].keys)} |"


def written(text: str, lines: Iterable[str]) -> str:
    """Returns a page with its generated part as it must be now."""
    head, _, rest = text.partition(BEGIN)
    return head + BEGIN + "\n".join(lines) + "\n" + END + rest.partition(END)[2]


def pages() -> dict[Path, str]:
    """Returns every generated page with the text it must have."""
    lines = {"errors": error_lines, "events": event_lines, "states": states.lines}
    return {path: written(path.read_text(), made()) for name, made in lines.items() if (path := ROOT / "docs" / f"{name}.md")}


if __name__ == "__main__":
    for page, content in pages().items():
        page.write_text(content)
