"""How a twin is set up: credentials, limits, scenarios, faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from providers.sumsub.twin.fault import FaultRates
from providers.sumsub.twin.scenario import Scenario
from providers.sumsub.twin.scenario import load as load_scenarios

APP_TOKEN = "sbx:gatehouse-twin"  # noqa: S105 - the twin's own, known to everybody
SECRET_KEY = "gatehouse-twin-secret"  # noqa: S105
LEVEL = "basic-kyc-level"


@dataclass(frozen=True)
class Options:
    app_token: str = APP_TOKEN
    secret_key: str = field(default=SECRET_KEY, repr=False)
    levels: frozenset[str] = frozenset({LEVEL})
    reads_per_5s: int = 300
    writes_per_5s: int = 50
    seed: int = 1
    faults: FaultRates = field(default_factory=FaultRates)
    ledger: Path | None = None
    scenarios: dict[str, Scenario] = field(default_factory=load_scenarios)

    @classmethod
    def read(cls, *, seed: int, scenario: Path | None, faults: str, ledger: Path | None, settings: Any) -> Options:
        """The options of the command: credentials, level and limits are those that Gatehouse itself is set to.

        Raises ValueError for a scenario file or a fault specification that cannot be understood.
        """
        return cls(
            app_token=settings.reveal("sumsub_app_token") or APP_TOKEN,
            secret_key=settings.reveal("sumsub_secret_key") or SECRET_KEY,
            levels=frozenset({LEVEL, settings.sumsub_level}),
            reads_per_5s=settings.sumsub_reads_per_5s,
            writes_per_5s=settings.sumsub_writes_per_5s,
            seed=seed,
            faults=FaultRates.parse(faults),
            ledger=ledger,
            scenarios=load_scenarios(*([scenario] if scenario else [])),
        )
