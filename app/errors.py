"""The error tree. Every error of ours carries a `code` and facts; whatever is not ours is masked towards the client.

GatehouseError
├── UserFault             expected failure of a mutation: becomes one entry of `userErrors`
├── RequestFault          fault of the request itself: becomes a top-level error with `extensions.code`
├── ProcessFault          why one KYC process of an ingestion failed: stored with its result
├── VendorFault           a call to a vendor did not give what was asked
│   ├── NotSent           nothing left the building: the call may simply be made again
│   ├── Unanswered        it may have taken effect: look before calling again
│   └── Answered          the vendor answered with an error
├── ScreenerFault         a screener gave no answer, which is never "clear"
│   └── Crowded           it was not asked: as many as may be are waiting for it
├── NotReady              the vendor has not decided yet: ask again later
├── StaleFence            another worker has taken the row over: stop without a trace
├── CorruptData           stored bytes do not open or do not match their digest
└── ConfigurationFault    settings that cannot work: refuses to start
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class GatehouseError(Exception):
    """Root of everything raised on purpose. `code` is stable, the text is for people."""

    code: str


@dataclass(eq=False)
class UserFault(GatehouseError):
    """One expected failure of a mutation. Nothing was changed when it is raised.

    `field` is the path to the offending input, e.g. `["input", "source", "sumsub", "shareToken"]`.
    """

    code: str
    message: str
    field: Sequence[str] | None = None
    hint: str | None = None


class UserFaults(GatehouseError):
    """All the faults of one input together."""

    def __init__(self, faults: Sequence[UserFault]) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = tuple(faults)


class RequestFault(GatehouseError):
    """A fault of the request itself. `status` is the HTTP status where the whole request is refused."""

    status = 200

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class Unauthenticated(RequestFault):
    """The credential is missing, malformed, expired or revoked."""

    code = "UNAUTHENTICATED"
    status = 401


class Forbidden(RequestFault):
    """The credential's role or scopes do not allow this."""

    code = "FORBIDDEN"


class BadRequest(RequestFault):
    """The document, the variables or the HTTP request are invalid."""

    code = "BAD_REQUEST"
    status = 400


class HumanRequired(RequestFault):
    """The operation is billable or destructive, so it needs a person's credential. An API key is always refused."""

    code = "HUMAN_REQUIRED"


class NotFound(RequestFault):
    """The subject of a subscription does not exist, or belongs to another tenant."""

    code = "NOT_FOUND"


class QueryTooLarge(RequestFault):
    """The document exceeds a limit of cost, depth, aliases or tokens."""

    code = "QUERY_TOO_LARGE"
    status = 400


class PayloadTooLarge(RequestFault):
    """The body exceeds its limit."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413


class InvalidCursor(RequestFault):
    """The cursor was not issued by this API, or belongs to another connection."""

    code = "INVALID_CURSOR"


class CursorExpired(RequestFault):
    """The subscription cannot resume from a cursor this old."""

    code = "CURSOR_EXPIRED"


@dataclass(eq=False)
class ProcessFault(GatehouseError):
    """The reason why one KYC process failed, in words a person can act on. `step` says where in the work it happened."""

    code: str
    message: str
    hint: str | None = None
    step: str = "fetch-provider-data"
    details: dict[str, Any] | None = None

    def again(self) -> ProcessFault:
        """Returns a fresh copy of the fault: an exception that is raised more than once keeps every trace it ever had."""
        return ProcessFault(self.code, self.message, self.hint, self.step, self.details)


@dataclass(eq=False)
class VendorFault(GatehouseError):
    """A call to a vendor failed. `operation` names the call, never its parameters (they may be secret)."""

    provider: str
    operation: str
    message: str = ""

    def __str__(self) -> str:
        return f"{self.provider} {self.operation}: {self.message}"

    @property
    def passing(self) -> bool:
        """Returns whether the same call may succeed later."""
        return True


@dataclass(eq=False)
class NotSent(VendorFault):
    """Nothing left the building: no connection was made."""


@dataclass(eq=False)
class Unanswered(VendorFault):
    """The request left and no whole answer came back: it may or may not have taken effect."""


@dataclass(eq=False)
class Answered(VendorFault):
    """The vendor answered with an error. The vendor's own code, name and correlation id are kept."""

    status: int = 0
    vendor_code: int | None = None
    vendor_name: str | None = None
    correlation_id: str | None = None
    retry_after: float | None = None
    # The vendor's own sentence. It may quote what was sent, so it is for the operator's eyes and never printed by itself.
    description: str | None = field(default=None, repr=False)

    @property
    def passing(self) -> bool:
        return self.status == 429 or self.status == 408 or self.status >= 500


class ScreenerFault(GatehouseError):
    """A screener gave no answer, or not a whole one. It is asked again; never is it taken for having found nothing."""

    code = "SCREENER_FAULT"


class Crowded(ScreenerFault):
    """As many as may be are waiting for the screener already: it was not asked."""


@dataclass(eq=False)
class NotReady(GatehouseError):
    """The vendor's data is not ready; `state` is the vendor's own word for where it stands."""

    state: str
    code = "NOT_READY"


class StaleFence(GatehouseError):
    code = "STALE_FENCE"


class CorruptData(GatehouseError):
    code = "CORRUPT_DATA"


class ConfigurationFault(GatehouseError):
    """Settings that cannot work. `faults` lists every one of them, each with its remedy."""

    code = "CONFIGURATION"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(f"- {fault}" for fault in faults))
        self.faults = tuple(faults)
