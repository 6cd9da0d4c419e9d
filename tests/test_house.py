"""Rules of the house that a machine can check. Each says what to do instead."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import graphql
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, parse, validate

from api import schema
from api.serve.graphiql import operations

ROOT = Path(__file__).parents[1]
TRACKED = [
    ROOT / name
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
]
SOURCES = [path for path in TRACKED if path.suffix == ".py" and "migrations/versions" not in str(path) and path.exists()]
PRODUCT = [path for path in SOURCES if "tests" not in path.parts and "bench" not in path.parts]
DRAWERS = {"utils", "helpers", "common", "base", "manager", "misc", "util"}


def test_the_graphql_folder_is_no_package_and_graphql_is_graphql_core() -> None:
    assert not (ROOT / "graphql" / "__init__.py").exists(), "it would shadow graphql-core: delete it"
    assert hasattr(graphql, "GraphQLSchema")


def test_schema_graphql_is_what_the_code_says() -> None:
    assert (ROOT / "schema.graphql").read_text() == schema.sdl(), "run: .venv/bin/gatehouse schema > schema.graphql"


@pytest.mark.parametrize("name", operations())
def test_every_shipped_operation_is_valid(name: str) -> None:
    assert validate(schema.core, parse(operations()[name])) == []


def test_every_type_field_argument_and_value_is_described() -> None:
    missing = []
    for kind in schema.core.type_map.values():
        if kind.name.startswith("__") or kind.name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        if not kind.description:
            missing.append(kind.name)
        if isinstance(kind, GraphQLEnumType):
            missing += [f"{kind.name}.{name}" for name, value in kind.values.items() if not value.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in kind.fields.items():
                if not field.description:
                    missing.append(f"{kind.name}.{name}")
                missing += [f"{kind.name}.{name}({key})" for key, arg in getattr(field, "args", {}).items() if not arg.description]

    assert missing == [], "describe them in full sentences"


def test_modules_functions_and_tests_keep_their_size() -> None:
    long = []
    for path in SOURCES:
        lines = path.read_text().splitlines()
        if len(lines) > (500 if "tests" in path.parts else 300):
            long.append(f"{path.relative_to(ROOT)}: {len(lines)} lines: split it by operation")
        if path in PRODUCT:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 40:
                    long.append(f"{path.relative_to(ROOT)}:{node.name}: split the function")

    assert long == []


def test_no_drawers_and_no_names_of_the_standard_library() -> None:
    bad = [path for path in PRODUCT if path.stem in DRAWERS or (path.stem in sys.stdlib_module_names and path.stem != "__main__")]

    assert bad == [], "name the noun that the module is about"


def test_nothing_reads_the_clock_behind_everybodys_back() -> None:
    bad = [
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if re.search(r"datetime\.now\(|utcnow\(", path.read_text()) and path.name != "clock.py"
    ]

    assert bad == [], "take a Clock"


def test_committed_files_name_no_package_host_and_no_path_of_a_machine() -> None:
    hosts = re.compile(r"https?://[A-Za-z0-9.-]+/(simple|packages|npm|debian)\b")
    checked = [
        path
        for path in TRACKED
        if path.exists() and path.suffix in (".lock", ".json", ".toml", ".txt", "") and path.stat().st_size < 10**6
    ]

    assert [path.name for path in checked if hosts.search(path.read_text(errors="ignore"))] == []
    assert [path.name for path in checked if '"resolved"' in path.read_text(errors="ignore")] == []


def test_commits_happen_in_one_place() -> None:
    bad = [str(path.relative_to(ROOT)) for path in PRODUCT if re.search(r"\.commit\(\)", path.read_text())]

    assert bad == [], "use: async with transaction(database) as session"


def _descriptions() -> dict[str, str]:
    found = {}
    for kind in schema.core.type_map.values():
        if kind.name.startswith("__") or kind.name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        found[kind.name] = kind.description or ""
        if isinstance(kind, GraphQLEnumType):
            found |= {f"{kind.name}.{name}": value.description or "" for name, value in kind.values.items()}
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in kind.fields.items():
                found[f"{kind.name}.{name}"] = field.description or ""
                arguments = getattr(field, "args", {})
                found |= {f"{kind.name}.{name}({key})": argument.description or "" for key, argument in arguments.items()}
    return found


def test_every_description_is_a_sentence_that_says_something() -> None:
    clause = re.compile(r"(Who|Whom|Whose|What|Where|When|Whether|Why|Which|How|(By|Of|For|From|With) (what|whom|which|how))\b")
    bad = [
        f"{name}: {text}"
        for name, text in _descriptions().items()
        if len(text.split()) < 4 or not text.endswith(".") or clause.match(text)
    ]

    assert bad == [], "at least four words, a full stop, and a thing or a person as the subject"
