"""Options of the twin: credentials, limits, scenarios, faults, webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from providers.secret import reveal
from providers.sumsub.settings import SumsubSettings
from providers.sumsub.twin.scenario import Scenario
from providers.sumsub.twin.scenario import load as load_scenarios
from providers.twin.fault import FaultRates
from providers.twin.seed import fresh

APP_TOKEN = "sbx:gatehouse-twin"  # noqa: S105 - public, used by the twin only
SECRET_KEY = "gatehouse-twin-secret"  # noqa: S105
WEBHOOK_SECRET = "gatehouse-twin-webhook-secret"  # noqa: S105
LEVEL = "basic-kyc-level"
LEVELS = frozenset({LEVEL, "id-and-poa", "id-only"})


@dataclass(frozen=True)
class Options:
    app_token: str = APP_TOKEN
    secret_key: str = field(default=SECRET_KEY, repr=False)
    webhook_secret: str = field(default=WEBHOOK_SECRET, repr=False)
    webhook_url: str | None = None
    webhook_algorithm: str = "HMAC_SHA256_HEX"
    # Scales the delays between webhook attempts.
    webhook_pace: float = 1.0
    levels: frozenset[str] = LEVELS
    # Operations that the app token has no permission for. They return 403.
    forbidden: frozenset[str] = frozenset()
    reads_per_5s: int = 300
    writes_per_5s: int = 50
    aml_per_minute: int = 10
    # The same seed produces the same ids and faults. The default seed is new at each start, so that a restarted twin
    # never reuses the id of an earlier applicant.
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
        settings: SumsubSettings,
    ) -> Options:
        """Returns the options of the command. Credentials, level and limits come from Gatehouse's own settings.

        Raises ValueError for an invalid scenario file or fault specification.
        """
        return cls(
            app_token=reveal(settings.sumsub_app_token) or APP_TOKEN,
            secret_key=reveal(settings.sumsub_secret_key) or SECRET_KEY,
            webhook_secret=reveal(settings.sumsub_webhook_secret) or WEBHOOK_SECRET,
            webhook_url=webhook_url,
            levels=LEVELS | {settings.sumsub_level},
            reads_per_5s=settings.sumsub_reads_per_5s,
            writes_per_5s=settings.sumsub_writes_per_5s,
            seed=fresh() if seed is None else seed,
            faults=FaultRates.parse(faults),
            ledger=ledger,
            scenarios=load_scenarios(*([scenario] if scenario else [])),
        )
