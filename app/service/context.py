"""What every job is handed: the core, the stores and the vendors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.provider import Provider, ProviderName
from app.domain.screening import Screener, ScreenerName
from app.service.dependencies import Core
from app.service.document.blob import BlobStore
from app.service.document.receiver import Reception


@dataclass(frozen=True)
class Patience:
    """How long to go on, in seconds: with passing faults, with data that is not ready; and how long a lease lasts."""

    retry: float
    readiness: float
    lease: float


@dataclass(frozen=True)
class Workshop:
    """What work on ingestions, verifications, uploads and screenings needs."""

    core: Core
    blobs: BlobStore
    providers: Mapping[ProviderName, Provider]
    patience: Patience
    reception: Reception
    screeners: Mapping[ScreenerName, Screener] = field(default_factory=dict)
