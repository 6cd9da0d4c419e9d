"""Findings: results of an ingestion's processes before they are recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.process.outcome import FileCategory, Outcome
from app.errors import ProcessFault
from app.service.document.blob import Stored


@dataclass(frozen=True)
class Kept:
    """A file in the blob store whose row is not written yet."""

    vendor_id: str
    context: str
    category: FileCategory
    stored: Stored
    path: str


@dataclass(frozen=True)
class Finding:
    """The result of one process: its outcome with its files, or the fault that failed it."""

    result: Outcome | ProcessFault
    files: tuple[Kept, ...] = field(default=())
