"""Every module can be imported on its own, whichever comes first."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.test_house import PRODUCT, ROOT

# Runs in a fresh interpreter, so that nothing of the product is loaded yet. Each module is imported in a fork of it; the
# third-party packages are loaded once, before the first fork.
FORKS = """
import gc, importlib, os, sys

for name in ("alembic.command", "asyncpg", "dramatiq", "httpx", "obstore", "sqlmodel", "starlette.applications", "strawberry", "typer"):
    importlib.import_module(name)
gc.disable()
broken = []
for name in sys.argv[1:]:
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException as problem:
            print(f"{name}: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        broken.append(name)
sys.exit(f"{len(broken)} modules cannot be imported on their own" if broken else 0)
"""


def modules() -> list[str]:
    """The dotted names of all modules of the product, as an import statement spells them."""
    found = []
    for path in PRODUCT:
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        parts = parts[1:] if parts[0] == "graphql" else parts
        if parts[-1] == "__main__" or "migrations" in parts or "tests" in parts:
            continue
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return sorted(found)


def test_every_module_can_be_imported_alone() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")])}
    done = subprocess.run(
        [sys.executable, "-c", FORKS, *modules()], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )

    assert done.returncode == 0, f"{done.stderr}\nbreak the circle: a lower module never imports a higher one"
