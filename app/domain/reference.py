"""The reference of a verification at a provider."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.process import KycProcess

# The integration of a provider's only set of keys.
DEFAULT_INTEGRATION = "default"


@dataclass(frozen=True)
class Reference:
    """A verification by the provider's id, with the integration whose keys read it and the processes it must deliver, if the
    provider has these."""

    id: str
    integration: str | None = None
    processes: tuple[KycProcess, ...] | None = None

    def plain(self) -> dict[str, object]:
        return {"id": self.id, "integration": self.integration, "processes": self.processes}

    @classmethod
    def of(cls, plain: dict[str, object]) -> Reference:
        processes, integration = plain.get("processes"), plain.get("integration")
        return cls(
            str(plain["id"]),
            integration if isinstance(integration, str) else None,
            tuple(KycProcess(name) for name in processes) if isinstance(processes, list) else None,
        )
