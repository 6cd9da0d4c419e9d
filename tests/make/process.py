"""Gatehouse's own processes, started like an operator starts them, killed without mercy, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.make.servers import die_with_parent

ROOT = Path(__file__).parents[2]


@dataclass
class Process:
    """One process, `gatehouse …` unless another module is named. `ready` is an address that answers once it serves."""

    arguments: list[str]
    environment: dict[str, str]
    log: Path
    ready: str | None = None
    module: str = "app"
    started: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.started = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.arguments],
                cwd=ROOT,
                env={**_clean_environment(), **self.environment},
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    def kill(self) -> None:
        """SIGKILL: nothing is said goodbye to."""
        assert self.started is not None
        self.started.send_signal(signal.SIGKILL)
        self.started.wait(10)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self.started is not None
        if self.started.poll() is None:
            self.started.terminate()
        return self.started.wait(40)

    def await_ready(self, seconds: float = 30) -> None:
        assert self.ready is not None
        assert self.started is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if httpx.get(self.ready, timeout=2).status_code < 500:
                    return
            except httpx.HTTPError:
                pass
            assert self.started.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.05)
        raise AssertionError(f"not ready: {self.log.read_text()[-3000:]}")


def _clean_environment() -> dict[str, str]:
    """The suite's own, without settings of the product, and with bytecode: many processes start, and each would compile anew."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_") and name != "PYTHONDONTWRITEBYTECODE"
    }


def output(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={**_clean_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
