"""Actions that people and front ends can take on a verification at its provider. Each provider supports some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.customer import RiskLevel


class ActionKind(StrEnum):
    RECHECK = "RECHECK"
    RESET_STEP = "RESET_STEP"
    RESET = "RESET"
    CHANGE_LEVEL = "CHANGE_LEVEL"
    BLOCK = "BLOCK"
    SET_RISK_LEVEL = "SET_RISK_LEVEL"
    TAG = "TAG"
    SET_PRESENCE = "SET_PRESENCE"
    SHARE = "SHARE"
    CORRECT = "CORRECT"
    ASK_REGISTRY = "ASK_REGISTRY"
    SET_DOCUMENT_INACTIVE = "SET_DOCUMENT_INACTIVE"
    SDK_TOKEN = "SDK_TOKEN"  # noqa: S105 - a kind of action, not a secret
    LINK = "LINK"
    SUBMIT = "SUBMIT"
    DELETE = "DELETE"
    SANDBOX_VERDICT = "SANDBOX_VERDICT"


class ActionStatus(StrEnum):
    """The status of an action. UNCERTAIN was sent without a clear response: it may have taken effect."""

    REQUESTED = "REQUESTED"
    DONE = "DONE"
    REFUSED = "REFUSED"
    UNCERTAIN = "UNCERTAIN"


# A repeated request takes over an action that is not DONE. REFUSED and UNCERTAIN become DONE if an earlier call succeeds late.
TRANSITIONS = {
    ActionStatus.REQUESTED: frozenset(ActionStatus),
    ActionStatus.DONE: frozenset[ActionStatus](),
    ActionStatus.REFUSED: frozenset({ActionStatus.REQUESTED, ActionStatus.DONE}),
    ActionStatus.UNCERTAIN: frozenset({ActionStatus.REQUESTED, ActionStatus.DONE}),
}

# Actions that spend money, disclose a customer's data or remove something. Each requires a person's credential.
NEEDS_A_PERSON = frozenset({
    ActionKind.RECHECK, ActionKind.RESET_STEP, ActionKind.RESET, ActionKind.CHANGE_LEVEL, ActionKind.BLOCK,
    ActionKind.SET_PRESENCE, ActionKind.SHARE, ActionKind.SET_DOCUMENT_INACTIVE, ActionKind.SUBMIT, ActionKind.DELETE,
    ActionKind.ASK_REGISTRY,
})  # fmt: skip


@dataclass(frozen=True)
class Recheck:
    kind = ActionKind.RECHECK
    reason: str | None = None
    reason_code: str | None = None


@dataclass(frozen=True)
class ResetStep:
    kind = ActionKind.RESET_STEP
    step: str


@dataclass(frozen=True)
class Reset:
    kind = ActionKind.RESET


@dataclass(frozen=True)
class ChangeLevel:
    kind = ActionKind.CHANGE_LEVEL
    level: str


@dataclass(frozen=True)
class Block:
    kind = ActionKind.BLOCK
    reason: str


@dataclass(frozen=True)
class SetRiskLevel:
    kind = ActionKind.SET_RISK_LEVEL
    level: RiskLevel
    comment: str


@dataclass(frozen=True)
class Tag:
    kind = ActionKind.TAG
    tags: tuple[str, ...]


@dataclass(frozen=True)
class SetPresence:
    kind = ActionKind.SET_PRESENCE
    active: bool


@dataclass(frozen=True)
class Share:
    """Shares the applicant with a partner. `client_id` is the partner's id at the provider."""

    kind = ActionKind.SHARE
    client_id: str
    ttl_seconds: int


@dataclass(frozen=True, repr=False)
class Correct:
    """Changes to the data declared about a customer; None leaves a field. `birthdate` is ISO 8601, countries are alpha-2."""

    kind = ActionKind.CORRECT
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    birthdate: str | None = None
    place_of_birth: str | None = None
    country: str | None = None
    nationality: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True, repr=False)
class AskRegistry:
    """A query to a government registry about a customer. The provider defines the required data."""

    kind = ActionKind.ASK_REGISTRY
    data: dict[str, Any]


@dataclass(frozen=True)
class SetDocumentInactive:
    kind = ActionKind.SET_DOCUMENT_INACTIVE
    image_id: str
    inactive: bool


@dataclass(frozen=True)
class SdkToken:
    kind = ActionKind.SDK_TOKEN
    ttl_seconds: int


@dataclass(frozen=True)
class Link:
    kind = ActionKind.LINK
    ttl_seconds: int
    success_url: str | None = None
    reject_url: str | None = None


@dataclass(frozen=True)
class Submit:
    kind = ActionKind.SUBMIT


@dataclass(frozen=True)
class Delete:
    kind = ActionKind.DELETE


@dataclass(frozen=True)
class SandboxVerdict:
    kind = ActionKind.SANDBOX_VERDICT
    approve: bool
    retry: bool = False
    labels: tuple[str, ...] = ()
    customer_comment: str | None = None


Action = (
    Recheck | ResetStep | Reset | ChangeLevel | Block | SetRiskLevel | Tag | SetPresence | Share | SetDocumentInactive
    | Correct | AskRegistry | SdkToken | Link | Submit | Delete | SandboxVerdict
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """The subject of an action: the provider's id, and the stored facts of the verification.

    `attempt` is the provider's count of reviews when the action was first requested. `in_doubt`: an earlier call for the same
    order may have taken effect, so check before a billable call.
    """

    reference: str
    external_id: str | None = None
    integration: str | None = None
    level: str | None = None
    attempt: int = 0
    in_doubt: bool = False


@dataclass(frozen=True)
class ActionAnswer:
    """The result of an action: the token or URL for the caller, if the action returns one. Never stored, never logged."""

    secret: str | None = field(default=None, repr=False)
