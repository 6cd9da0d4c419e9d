"""Resubmission requests in words for the customer, from the steps that a provider refused."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.domain.kyc.missing import Required

WORDS: dict[str, str] = {
    "IDENTITY": "Please give your identity document again.",
    "IDENTITY2": "Please give your second identity document again.",
    "SELFIE": "Please take your selfie again.",
    "PROOF_OF_RESIDENCE": "Please give your proof of address again.",
    "APPLICANT_DATA": "Please check your personal details, and give them again.",
    "PHONE_VERIFICATION": "Please confirm your phone number again.",
    "EMAIL_VERIFICATION": "Please confirm your e-mail address again.",
    "QUESTIONNAIRE": "Please answer the questions again.",
}
STEP = "Please give this part of the verification again."
ALL = "Please go through the verification again."


def required(details: dict[str, Any], labels: Collection[str]) -> list[Required]:
    """Returns `details` as a verification stores them. The vendor's comment for the customer comes first, our words
    where it has none."""
    refused = [step for step in details.get("steps", ()) if step.get("answer") == "RED"]
    if not refused:
        message = details.get("customerComment") or ALL
        return [Required("verification", next(iter(labels), "resubmission_requested"), message)]
    return [_step(step, details.get("customerComment") if len(refused) == 1 else None) for step in refused]


def _step(step: dict[str, Any], comment: str | None) -> Required:
    name = step["name"]
    labels = [*step.get("labels", ()), *(label for image in step.get("images", ()) for label in image.get("labels", ()))]
    message = step.get("customer_comment") or comment or WORDS.get(name, STEP)
    return Required(f"verification.{name}", next(iter(labels), "rejected"), message, step.get("document_type") or name)
