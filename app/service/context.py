"""The context of every job: the core dependencies, the stores and the providers."""

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
    """Time limits in seconds: for retrying temporary faults, for waiting until data is ready, and for a lease."""

    retry: float
    readiness: float
    lease: float


@dataclass(frozen=True)
class WorkContext:
    """The dependencies of work on ingestions, verifications, uploads and screenings."""

    deps: Dependencies
    blobs: BlobStore
    providers: Mapping[ProviderName, Provider]
    limits: TimeLimits
    receiver: Receiver
    screeners: Mapping[ScreenerName, Screener] = field(default_factory=dict)
