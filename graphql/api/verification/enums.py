"""Enums of verifications, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.action import ActionKind
from app.domain.verification import RejectType, ReviewAnswer, Stage

__all__ = ["ActionKind", "RejectType", "ReviewAnswer", "Stage"]

described(
    Stage,
    "The normalised status of a verification at its provider.",
    {
        "CREATED": "Nothing has been given yet, or all of it must be given anew.",
        "IN_PROGRESS": "The customer is giving things, or the provider is checking.",
        "APPROVED": "The provider approved it.",
        "RESUBMISSION_REQUESTED": "The provider refused it, and the customer may try again.",
        "DECLINED": "The provider refused it for good.",
        "EXPIRED": "The customer did not finish in time.",
    },
)
described(
    ReviewAnswer,
    "The verdict of a provider on a verification.",
    {"GREEN": "The provider approved the verification.", "RED": "The provider refused the verification."},
)
described(
    RejectType,
    "The kind of a refusal: final, or open to another try.",
    {"RETRY": "The customer may try again.", "FINAL": "The refusal is for good."},
)
described(
    ActionKind,
    "An action on a verification at its provider.",
    {
        "RECHECK": "Ask for another check: billable.",
        "RESET_STEP": "Make one step have to be passed again.",
        "RESET": "Make everything have to be given again.",
        "CHANGE_LEVEL": "Move it to another level: billable.",
        "BLOCK": "Put the person on the firm's blocklist.",
        "SET_RISK_LEVEL": "Set the risk level.",
        "TAG": "Add tags to the applicant.",
        "SET_PRESENCE": "Activate or deactivate the profile.",
        "SHARE": "Make a token for a partner.",
        "CORRECT": "Change what the firm declared of the person.",
        "ASK_REGISTRY": "Ask a government's registry about the person: billable.",
        "SET_DOCUMENT_INACTIVE": "Set an image aside, or take that back.",
        "SDK_TOKEN": "Make a token for the provider's SDK.",
        "LINK": "Make an address of the provider's hosted page.",
        "SUBMIT": "End the upload, so that the check begins.",
        "DELETE": "Delete it with its data at the provider.",
        "SANDBOX_VERDICT": "Give a verdict in the provider's sandbox.",
    },
)
