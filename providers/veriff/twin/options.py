"""The options of a twin: integrations, scenarios, faults, webhooks."""

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
    """The keys of one integration. The twin's default keys are public."""

    api_key: str
    secret: str = field(repr=False)


DEFAULT = {"default": Keys("11111111-2222-4333-8444-555555555555", "66666666-7777-4888-8999-aaaaaaaaaaaa")}


@dataclass(frozen=True)
class Options:
    integrations: Mapping[str, Keys] = field(default_factory=lambda: dict(DEFAULT))
    webhook_url: str | None = None
    # Multiplies the delays between webhook attempts and before the webhook of a resubmission request.
    webhook_pace: float = 1.0
    # Deleting sessions is off until Veriff's support enables it.
    deletion: bool = False
    calls_per_5s: int = 1000
    # The delay before a session for a sandbox test address is submitted automatically.
    decision_seconds: float = 2.0
    # The same seed gives the same ids and faults. The default is a new seed at each start, so that a restarted twin does
    # not repeat the ids of earlier sessions.
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
        """Returns the options of the command. Uses the integrations that Gatehouse is configured with, or the default keys.

        Raises ValueError for an invalid scenario file or fault specification.
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
