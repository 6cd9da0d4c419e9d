"""The KYC processes and the statuses of their results."""

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
# The transitions of a result that is recomputed from stored responses. COMPLETED never becomes FAILED.
RECOMPUTED: dict[ResultStatus, frozenset[ResultStatus]] = {
    ResultStatus.PROCESSING: frozenset(),
    ResultStatus.COMPLETED: frozenset({ResultStatus.COMPLETED}),
    ResultStatus.FAILED: frozenset({ResultStatus.COMPLETED, ResultStatus.FAILED}),
}
