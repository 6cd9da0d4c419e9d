"""What every job is handed: the core, the stores and the vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.provider import Provider, ProviderName
from app.domain.screening import Screener, ScreenerName
from app.service.dependencies import Dependencies
from app.service.document.blob import BlobStore
from app.service.document.receiver import Receiver


@dataclass(frozen=True)
class TimeLimits:
    """How long to go on, in seconds: with passing faults, with data that is not ready; and how long a lease lasts."""

    retry: float
    readiness: float
    lease: float


@dataclass(frozen=True)
class WorkContext:
    """What work on ingestions, verifications, uploads and screenings needs."""

    deps: Dependencies
    blobs: BlobStore
    providers: Mapping[ProviderName, Provider]
    limits: TimeLimits
    receiver: Receiver
    screeners: Mapping[ScreenerName, Screener] = field(default_factory=dict)
