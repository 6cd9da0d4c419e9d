"""Starting a verification: the billable, irreversible step. Only a person takes it, and each is charged once at most."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.kyc import KycData, KycDocumentType


class PaymentMethod(StrEnum):
    CASH = "CASH"
    CRYPTO = "CRYPTO"
    BANK_TRANSFER = "BANK_TRANSFER"
    CARD = "CARD"
    OTHER = "OTHER"


class ClientRelationship(StrEnum):
    NEW = "NEW"
    EXISTING = "EXISTING"


class StartStatus(StrEnum):
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    AUTHORISED = "AUTHORISED"
    STARTED = "STARTED"
    REFUSED = "REFUSED"
    UNCERTAIN = "UNCERTAIN"
    WITHDRAWN = "WITHDRAWN"


S = StartStatus
TRANSITIONS: dict[StartStatus, frozenset[StartStatus]] = {
    S.AWAITING_APPROVAL: frozenset({S.AUTHORISED, S.WITHDRAWN}),
    S.AUTHORISED: frozenset({S.STARTED, S.REFUSED, S.UNCERTAIN}),
    # A webhook arrived; or a person checked, and found that nothing was created or that the start is no longer wanted.
    S.UNCERTAIN: frozenset({S.STARTED, S.AUTHORISED, S.WITHDRAWN}),
    S.STARTED: frozenset(),
    S.REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
OPEN = frozenset({S.AWAITING_APPROVAL, S.AUTHORISED, S.UNCERTAIN})


class ChargeStatus(StrEnum):
    """The status of an authorised start's charge. HELD until the provider has certainly created a verification, or not."""

    HELD = "HELD"
    CONFIRMED = "CONFIRMED"
    RELEASED = "RELEASED"


CHARGE_TRANSITIONS: dict[ChargeStatus, frozenset[ChargeStatus]] = {
    ChargeStatus.HELD: frozenset({ChargeStatus.CONFIRMED, ChargeStatus.RELEASED}),
    ChargeStatus.CONFIRMED: frozenset(),
    ChargeStatus.RELEASED: frozenset(),
}


@dataclass(frozen=True)
class RiskAnswers:
    """The answers to the risk questions about the customer's business."""

    designated_service: str
    payment_method: PaymentMethod
    client_relationship: ClientRelationship
    comment: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Image:
    """One side of a document at hand; `open` gives its bytes."""

    kind: KycDocumentType
    side: str
    content_type: str
    open: Callable[[], AsyncIterator[bytes]] = field(repr=False)


@dataclass(frozen=True, repr=False)
class Applicant:
    """The subject of a new verification, with the data at hand. `external_id` is ours, the same for every attempt."""

    external_id: str
    first_name: str
    last_name: str | None
    email: str
    data: KycData
    level: str | None = None
    integration: str | None = None
    images: tuple[Image, ...] = ()


@dataclass(frozen=True)
class Created:
    """The created verification: the provider's id, and the page it sends the customer to, with when that ends."""

    reference: str
    link: str | None = field(default=None, repr=False)
    link_expires_at: dt.datetime | None = None


@dataclass(frozen=True)
class Policy:
    """The tenant's policy of starts. `per_day` is the most charges on one UTC day; 0 stops all starts."""

    services: tuple[str, ...] = ()
    per_day: int = 500
    second_person: bool = False


class Outcome(StrEnum):
    """A person's finding at the provider about an uncertain start."""

    MADE = "MADE"
    NOT_MADE_TRY_AGAIN = "NOT_MADE_TRY_AGAIN"
    NOT_MADE = "NOT_MADE"
