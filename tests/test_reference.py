"""The reference pages say what the code says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.command import reference
from app.domain.event import LOG, EventType
from tests.make.process import ROOT


@pytest.mark.parametrize("path", list(reference.pages()), ids=lambda path: path.name)
def test_a_generated_page_is_what_the_code_says(path: Path) -> None:
    assert path.read_text() == reference.pages()[path], "run: .venv/bin/python -m app.command.reference"


def test_every_user_fault_with_a_literal_code_is_listed() -> None:
    listed = {item.code for item in reference.found()}
    for path in (ROOT / "app" / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "UserFault"
                and isinstance(node.args[0], ast.Constant)
            ):
                assert node.args[0].value in listed


def test_every_event_type_is_described_and_its_keys_are_those_the_code_writes() -> None:
    keys = {key for described in LOG.values() for key in described.keys}
    written = set()
    for path in [*(ROOT / "app" / "service").rglob("*.py"), *(ROOT / "app" / "model").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "NewEvent(" in ast.unparse(node):
                written |= set(_keys_of_data(node))

    assert set(LOG) == set(EventType)
    assert written - keys == set(), "add the key to LOG in app/domain/event.py"


def _keys_of_data(function: ast.AST) -> list[str]:
    """The keys of the dictionaries that are named data, content, event or verdict."""
    found = []
    for node in ast.walk(function):
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id in ("data", "content", "event", "verdict"):
            value = node.value  # type: ignore[union-attr]
            if isinstance(value, ast.Dict):
                found += [key.value for key in value.keys if isinstance(key, ast.Constant)]
    return found
