"""Enums of providers, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.drift import DriftKind
from app.domain.inbound import InboundStatus
from app.domain.provider import ProviderName, VendorRecord
from app.domain.replay import Replayed

__all__ = ["DriftKind", "InboundStatus", "ProviderName", "Replayed", "VendorRecord"]

described(
    ProviderName,
    "A provider of identity verification.",
    {"SUMSUB": "The provider Sumsub, see https://sumsub.com.", "VERIFF": "The provider Veriff, see https://www.veriff.com."},
)
described(
    VendorRecord,
    "Something a provider keeps of a verification.",
    {
        "APPLICANT": "The applicant with all that was recognised (Sumsub).",
        "REVIEW_STATUS": "The status of the review (Sumsub).",
        "STEPS": "Each step with its document, images and verdicts (Sumsub).",
        "MODERATION_STATES": "The buttons that the reviewer pressed (Sumsub).",
        "REQUIRED_DOCUMENTS": "The documents that the level requires (Sumsub).",
        "RESOURCES": "Every image with its type, side and verdict (Sumsub).",
        "AML_CASE": "The provider's own screening (Sumsub).",
        "DECISION": "The decision with person and document (Veriff).",
        "FULL_AUTO_DECISION": "The automatic decision with score and insights (Veriff).",
        "PERSON": "The person as known to the provider (Veriff).",
        "ATTEMPTS": "The attempts of the session (Veriff).",
        "MEDIA": "The media of the latest attempt (Veriff).",
        "WATCHLIST_SCREENING": "The provider's own screening (Veriff).",
    },
)
described(
    InboundStatus,
    "The status of an event that a provider sent.",
    {
        "UNMATCHED": "It is about nothing known here yet, and waits.",
        "WAITING": "Its verification is about to be looked at.",
        "HANDLED": "The provider was asked for the present state, and that was applied.",
    },
    name="ProviderEventStatus",
)
described(
    DriftKind,
    "The kind of unknown word a provider used.",
    {
        "STATUS": "A status of a review or session.",
        "ANSWER": "A verdict of a review.",
        "LABEL": "A label for a refusal or a risk.",
        "REJECT_TYPE": "A kind of refusal.",
        "BUTTON": "A button that a reviewer pressed.",
        "DOCUMENT_TYPE": "A type of document.",
        "STEP": "A step of the provider's flow.",
        "REASON_CODE": "A reason for a decision.",
        "MEDIA_CONTEXT": "The subject of a file.",
        "EVENT_TYPE": "A type of webhook.",
        "FIELD": "A field of an answer.",
    },
)
described(
    Replayed,
    "The kind of stored item that is computed again.",
    {
        "EVENT": "A raw event that a provider sent.",
        "RESULT": "A process result, from the answers its ingestion kept.",
        "VERIFICATION": "A verification's standing, from the answers of the last look.",
    },
)
