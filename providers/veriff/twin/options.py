"""How a twin is set up: integrations, scenarios, faults, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from providers.twin.fault import FaultRates
from providers.twin.seed import fresh
from providers.veriff.settings import VeriffSettings
from providers.veriff.twin.scenario import Scenario
from providers.veriff.twin.scenario import load as load_scenarios


@dataclass(frozen=True)
class Keys:
    """One integration's keys; the twin's own are known to everybody."""

    api_key: str
    secret: str = field(repr=False)


DEFAULT = {"default": Keys("11111111-2222-4333-8444-555555555555", "66666666-7777-4888-8999-aaaaaaaaaaaa")}


@dataclass(frozen=True)
class Options:
    integrations: Mapping[str, Keys] = field(default_factory=lambda: dict(DEFAULT))
    webhook_url: str | None = None
    # Makes the waits between the tries of a webhook, and before a resubmission is told, shorter (or longer).
    webhook_pace: float = 1.0
    # Deleting sessions is off until Veriff's support enables it.
    deletion: bool = False
    calls_per_5s: int = 1000
    # After how long a session for a test address of the sandbox is submitted by itself.
    decision_seconds: float = 2.0
    # The same seed gives the same ids and faults; without one they are fresh at each start, so that a twin that was
    # restarted never gives a second customer the id of an earlier one.
    seed: int = field(default_factory=fresh)
    faults: FaultRates = field(default_factory=FaultRates)
    ledger: Path | None = None
    scenarios: dict[str, Scenario] = field(default_factory=load_scenarios)

    @classmethod
    def read(
        cls,
        *,
        seed: int | None,
        scenario: Path | None,
        faults: str,
        ledger: Path | None,
        webhook_url: str | None,
        settings: VeriffSettings,
    ) -> Options:
        """The options of the command: integrations are those that Gatehouse itself is set to.

        Raises ValueError for a scenario file or a fault specification that cannot be understood.
        """
        known = {
            name: Keys(given.key.get_secret_value(), given.secrets[0].decode()) for name, given in settings.integrations.items()
        }
        return cls(
            integrations=known or dict(DEFAULT),
            webhook_url=webhook_url,
            decision_seconds=settings.sandbox_decision_seconds,
            seed=fresh() if seed is None else seed,
            faults=FaultRates.parse(faults),
            ledger=ledger,
            scenarios=load_scenarios(*([scenario] if scenario else [])),
        )
