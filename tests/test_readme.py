"""The README's shell blocks, run as written, top to bottom; blocks that end with servers run in terminals of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app import serving
from tests.make import servers
from tests.make.process import ROOT
from tests.make.servers import die_with_parent

HOST = "127.0.0.1"
# Run by CI themselves: `make test` would run this test again.
NOT_RUN = ("make demo", "make test")
SERVERS = ("gatehouse serve", "gatehouse twin", "gatehouse worker")
BLOCK_SECONDS, READY_SECONDS = 90, 60
DONE = "block-done"


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)


def is_server(line: str) -> bool:
    return line.startswith(SERVERS)


def answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


class Reader:
    """Somebody who follows the README in an empty folder: one terminal to type in, and one for each server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gateway, self.twin = serving.free_port(HOST), serving.free_port(HOST)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
        binaries = Path(sys.executable).parent
        self.environment = {**clean, "PATH": f"{binaries}{os.pathsep}{clean['PATH']}"}
        self.substitutions: dict[str, str] = {
            # The suite's environment is installed and active already.
            "make install && ": "",
            ". .venv/bin/activate": ":",
            "127.0.0.1:8000": f"{HOST}:{self.gateway}",
            "127.0.0.1:8081": f"{HOST}:{self.twin}",
            "gatehouse twin sumsub": f"gatehouse twin sumsub --port {self.twin}",
            "gatehouse serve\n": f"gatehouse serve --port {self.gateway}\n",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.shell = subprocess.Popen(
            ["bash"], cwd=folder, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent,
        )  # fmt: skip

    def follow(self, block: str) -> str:
        """Runs one block, and returns what it printed."""
        for written, ours in self.substitutions.items():
            block = block.replace(written, ours)
        lines = block.splitlines()
        started = [line for line in lines if is_server(line)]
        if not started:
            return self.type(block)
        prelude = "\n".join(line for line in lines if not is_server(line))
        kept = self.folder / "environment"
        script = f"{prelude}\nenv -0 > {kept}"
        subprocess.run(["bash", "-e", "-c", script], cwd=self.folder, env=self.environment, check=True, timeout=BLOCK_SECONDS)
        exported = dict(pair.split("=", 1) for pair in kept.read_text().split("\0") if pair)
        for line in started:
            self.start(line, exported)
        return ""

    def type(self, block: str) -> str:
        """Types a block into the terminal. A command that fails fails the test; so does a block that does not end."""
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        watch = subprocess.Popen(["sleep", str(BLOCK_SECONDS)])
        self.shell.stdin.write(f"set -e\n{block}\nset +e\necho {DONE}\n")
        self.shell.stdin.flush()
        said = []
        for line in self.shell.stdout:
            if line.strip() == DONE:
                break
            said.append(line)
        late = watch.poll() is not None
        watch.kill()
        watch.wait()
        assert self.shell.poll() is None, "".join(said)
        assert not late, "".join(said)
        return "".join(said)

    def start(self, line: str, environment: dict[str, str]) -> None:
        """Starts a server in a terminal of its own; the one of the same kind before it is stopped first."""
        kind = " ".join(line.split()[:2])
        self.stop(kind)
        log = (self.folder / f"{kind.split()[1]}.log").open("ab")
        command = f"exec {line}"
        self.running[kind] = subprocess.Popen(
            ["bash", "-c", command], cwd=self.folder, env=environment, stdout=log, stderr=log, preexec_fn=die_with_parent
        )
        log.close()
        ready = {
            "gatehouse serve": f"http://{HOST}:{self.gateway}/readyz",
            "gatehouse twin": f"http://{HOST}:{self.twin}/_twin/scenarios",
        }
        self._await(kind, ready.get(kind))

    def _await(self, kind: str, address: str | None) -> None:
        """Waits until a server answers at its address; without one, until it says that it is ready."""
        deadline = time.monotonic() + READY_SECONDS
        log = self.folder / f"{kind.split()[1]}.log"
        while time.monotonic() < deadline:
            assert self.running[kind].poll() is None, log.read_text()[-3000:]
            if answers(address) if address else "worker.ready" in log.read_text():
                return
            time.sleep(0.05)
        raise AssertionError(f"{kind} is not ready: {log.read_text()[-3000:]}")

    def stop(self, kind: str) -> None:
        process = self.running.pop(kind, None)
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(40)

    def close(self) -> None:
        for kind in list(self.running):
            self.stop(kind)
        self.shell.kill()
        self.shell.wait()


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    reader = Reader(folder)
    try:
        yield reader
    finally:
        reader.close()


def embedded_blocks() -> list[str]:
    return [block for block in blocks() if not block.startswith(NOT_RUN) and "GATEHOUSE_DATABASE_URL" not in block]


@pytest.mark.timeout(400)
def test_the_blocks_work_as_written_top_to_bottom_and_again_after_the_twin_was_restarted(tmp_path: Path) -> None:
    with reading(tmp_path) as reader:
        first = "".join(reader.follow(block) for block in embedded_blocks())
        ask = "gql '{ customers(first: 10) { nodes { verification { providerReference } } } }'"
        again = "".join(reader.follow(block) for block in embedded_blocks())
        references = re.findall(r'"providerReference":"([^"]+)"', reader.type(ask))

    for said in (first, again):
        assert "Iria" in said
        assert '"status":"REJECTED"' in said
        assert "STARTED" in said or "AUTHORISED" in said
        assert f"http://{HOST}:{reader.gateway}/verify/" in said
        assert "korzunetski" in said
        assert '"errors":' not in said
        assert set(re.findall(r'"userErrors":(\[.)', said)) == {"[]"}
    assert len(references) == len(set(references)) >= 2, "two customers ended on one applicant"


@pytest.mark.timeout(300)
def test_the_distributed_recipe_works_as_written(
    tmp_path: Path, postgresql_server: servers.PostgreSQL, own_redis: servers.Redis
) -> None:
    (recipe,) = [block for block in blocks() if "GATEHOUSE_DATABASE_URL" in block]
    with reading(tmp_path) as reader:
        reader.substitutions = {
            "postgresql+asyncpg://gatehouse:secret@db/gatehouse": f"'{postgresql_server.database()}'",
            "redis://cache:6379/0": f"'{own_redis.url}'",
            "s3://firm-kyc/documents": tmp_path.as_uri(),
            "--host 0.0.0.0 --port 8000": f"--host {HOST} --port {reader.gateway}",
        }
        reader.follow(recipe)
        ready = httpx.get(f"http://{HOST}:{reader.gateway}/readyz").json()

    assert ready["checks"] == {"database": True, "blobs": True, "broker": True}
    assert "GATEHOUSE_PUBLIC_URL=https://" in recipe


def test_the_readme_is_short_and_names_what_is_not_run() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 200
    assert [block.splitlines()[0].split("  ")[0] for block in blocks() if block.startswith(NOT_RUN)] == ["make demo"]
