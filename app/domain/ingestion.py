"""An ingestion: the work of fetching one approved verification and turning it into KYC process results."""

from __future__ import annotations

import re
from enum import StrEnum


class IngestionStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"


# Never "failed": failure belongs to a process. A crash moves nothing back.
TRANSITIONS: dict[IngestionStatus, frozenset[IngestionStatus]] = {
    IngestionStatus.QUEUED: frozenset({IngestionStatus.RUNNING}),
    IngestionStatus.RUNNING: frozenset({IngestionStatus.FINISHED}),
    IngestionStatus.FINISHED: frozenset(),
}


class SourceKind(StrEnum):
    """The caller's reference to a verification."""

    SHARE_TOKEN = "share-token"  # noqa: S105 - a kind of source, not a secret
    APPLICANT_ID = "applicant-id"
    SESSIONS = "sessions"


# Sumsub: "treat as an arbitrary string with the maximum length of 1KB" (API reference, access tokens).
SHARE_TOKEN_LIMIT = 1024
APPLICANT_ID_LIMIT = 128
# Hexadecimal today; the format is not promised, so only what could break an address is refused.
APPLICANT_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
# UUIDs today.
SESSION_ID = re.compile(r"[A-Za-z0-9-]{1,48}")

# A row that was claimed this often without any progress kills its workers, and is set aside.
CLAIMS_WITHOUT_PROGRESS = 5
