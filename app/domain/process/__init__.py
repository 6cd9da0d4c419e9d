"""The KYC processes and what their results can be."""

from __future__ import annotations

from enum import StrEnum


class KycProcess(StrEnum):
    PROFILE = "PROFILE"
    ADDRESS = "ADDRESS"
    IDENTITY = "IDENTITY"
    PROOF_OF_ADDRESS = "PROOF_OF_ADDRESS"


class ResultStatus(StrEnum):
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


TRANSITIONS: dict[ResultStatus, frozenset[ResultStatus]] = {
    ResultStatus.PROCESSING: frozenset({ResultStatus.COMPLETED, ResultStatus.FAILED}),
    ResultStatus.COMPLETED: frozenset(),
    ResultStatus.FAILED: frozenset(),
}
# What computing a result again, from the answers that are kept, may make of it. A completed one never becomes a failed one.
RECOMPUTED: dict[ResultStatus, frozenset[ResultStatus]] = {
    ResultStatus.PROCESSING: frozenset(),
    ResultStatus.COMPLETED: frozenset({ResultStatus.COMPLETED}),
    ResultStatus.FAILED: frozenset({ResultStatus.COMPLETED, ResultStatus.FAILED}),
}
