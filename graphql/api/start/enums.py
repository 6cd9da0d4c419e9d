"""Enums of verification starts, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.start import ChargeStatus, ClientRelationship, Outcome, PaymentMethod, StartStatus

__all__ = ["ChargeStatus", "ClientRelationship", "Outcome", "PaymentMethod", "StartStatus"]

described(
    PaymentMethod,
    "How a customer pays.",
    {
        "CASH": "In cash.",
        "CRYPTO": "In crypto-assets.",
        "BANK_TRANSFER": "By bank transfer.",
        "CARD": "By card.",
        "OTHER": "Otherwise.",
    },
)
described(
    ClientRelationship,
    "Whether the firm knows a customer.",
    {"NEW": "A new client.", "EXISTING": "A client of before."},
)
described(
    StartStatus,
    "Where the start of a verification stands.",
    {
        "AWAITING_APPROVAL": "Another person must approve it; nothing was charged.",
        "AUTHORISED": "It is charged, and is being made at the vendor.",
        "STARTED": "The vendor has made it.",
        "REFUSED": "The vendor refused it, or was out of reach: nothing was made, the charge is released.",
        "UNCERTAIN": "The vendor did not answer: a person must find out whether it was made.",
        "WITHDRAWN": "A person took it back, or found that nothing was made.",
    },
    name="VerificationStartStatus",
)
described(
    ChargeStatus,
    "What became of a charge.",
    {
        "HELD": "It stands until the vendor has answered.",
        "CONFIRMED": "Something was made for it.",
        "RELEASED": "Nothing was made.",
    },
)
described(
    Outcome,
    "What a person found at the vendor about a start that nobody was sure of.",
    {
        "MADE": "It was made there: its id is given.",
        "NOT_MADE_TRY_AGAIN": "Nothing was made: it is called once more, for the same charge.",
        "NOT_MADE": "Nothing was made, and nothing is wanted any more: the charge is released.",
    },
    name="StartOutcome",
)
