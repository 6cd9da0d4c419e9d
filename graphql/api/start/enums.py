"""Enums of verification starts, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.start import ChargeStatus, ClientRelationship, Outcome, PaymentMethod, StartStatus

__all__ = ["ChargeStatus", "ClientRelationship", "Outcome", "PaymentMethod", "StartStatus"]

described(
    PaymentMethod,
    "A customer's way of paying.",
    {
        "CASH": "The customer pays in cash.",
        "CRYPTO": "The customer pays in crypto-assets.",
        "BANK_TRANSFER": "The customer pays by bank transfer.",
        "CARD": "The customer pays by card.",
        "OTHER": "The customer pays in another way.",
    },
)
described(
    ClientRelationship,
    "The relationship of your firm to a customer.",
    {"NEW": "Your firm does not know the customer yet.", "EXISTING": "A client of before."},
)
described(
    StartStatus,
    "The status of a verification start.",
    {
        "AWAITING_APPROVAL": "Another person must approve it; nothing was charged.",
        "AUTHORISED": "It is charged, and is being made at the provider.",
        "STARTED": "The provider has made it.",
        "REFUSED": "The provider refused it, or was out of reach: nothing was made, the charge is released.",
        "UNCERTAIN": "The provider did not answer: a person must find out whether it was made.",
        "WITHDRAWN": "A person took it back, or found that nothing was made.",
    },
    name="VerificationStartStatus",
)
described(
    ChargeStatus,
    "The status of a charge for a start.",
    {
        "HELD": "It stands until the provider has answered.",
        "CONFIRMED": "Something was made for it.",
        "RELEASED": "Nothing was created, so nothing is charged.",
    },
)
described(
    Outcome,
    "The outcome that a person found at the provider for an uncertain start.",
    {
        "MADE": "It was made there: its id is given.",
        "NOT_MADE_TRY_AGAIN": "Nothing was made: it is called once more, for the same charge.",
        "NOT_MADE": "Nothing was made, and nothing is wanted any more: the charge is released.",
    },
    name="StartOutcome",
)
