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
