"""The error tree. Every error of ours has a `code` and facts. All other exceptions are masked before they reach the client.

GatehouseError
├── UserFault             expected failure of a mutation: becomes one entry of `userErrors`
├── RequestFault          fault of the request itself: becomes a top-level error with `extensions.code`
├── ProcessFault          why one KYC process of an ingestion failed: stored with its result
├── VendorFault           a call to a provider failed
│   ├── NotSent           no request was sent: the call can safely be retried
│   ├── Unanswered        it may have taken effect: check before calling again
│   └── Answered          the provider responded with an error
├── ScreenerFault         a screener returned no result, which is never "clear"
│   └── Crowded           it was not called, because its queue is full
├── NotReady              the provider has not decided yet: retry later
├── StaleFence            another worker has claimed the row: stop without writing
├── CorruptData           stored bytes cannot be decrypted or do not match their digest
└── ConfigurationFault    settings that cannot work: refuses to start
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class GatehouseError(Exception):
    """The base class of all deliberate errors. `code` is stable; the text is for people."""

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
    """The reason why one KYC process failed, in words a person can act on. `step` names the failed step of the work."""

    code: str
    message: str
    hint: str | None = None
    step: str = "fetch-provider-data"
    details: dict[str, Any] | None = None

    def again(self) -> ProcessFault:
        """Returns a fresh copy of the fault, because an exception that is raised again accumulates tracebacks."""
        return ProcessFault(self.code, self.message, self.hint, self.step, self.details)


@dataclass(eq=False)
class VendorFault(GatehouseError):
    """A failed call to a provider. `operation` names the call, never its parameters, which may be secret."""

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
    """A call that was never sent, because no connection was made."""


@dataclass(eq=False)
class Unanswered(VendorFault):
    """A request that was sent without a complete response. It may or may not have taken effect."""


@dataclass(eq=False)
class Answered(VendorFault):
    """An error response of the provider, with the provider's own code, name and correlation id."""

    status: int = 0
    vendor_code: int | None = None
    vendor_name: str | None = None
    correlation_id: str | None = None
    retry_after: float | None = None
    # The provider's own message. It may quote the request, so only the operator may see it, and it is never logged by default.
    description: str | None = field(default=None, repr=False)

    @property
    def passing(self) -> bool:
        return self.status == 429 or self.status == 408 or self.status >= 500


class ScreenerFault(GatehouseError):
    """A screener's missing or incomplete result. It is retried, and never counts as "nothing found"."""

    code = "SCREENER_FAULT"


class Crowded(ScreenerFault):
    """A screener that was not called, because its queue is full."""


@dataclass(eq=False)
class NotReady(GatehouseError):
    """The provider's data is not ready. `state` is the provider's own status."""

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
