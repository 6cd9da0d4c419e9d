"""What became of a process of an ingestion, before it is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.process.outcome import FileCategory, Outcome
from app.errors import ProcessFault
from app.service.document.blob import Stored


@dataclass(frozen=True)
class Kept:
    """A file that was stored, before its row is written."""

    vendor_id: str
    context: str
    category: FileCategory
    stored: Stored
    path: str


@dataclass(frozen=True)
class Finding:
    """What became of one process: its outcome with its files, or why it failed."""

    result: Outcome | ProcessFault
    files: tuple[Kept, ...] = field(default=())
