"""Enums of verifications, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.action import ActionKind
from app.domain.verification import RejectType, ReviewAnswer, Stage

__all__ = ["ActionKind", "RejectType", "ReviewAnswer", "Stage"]

described(
    Stage,
    "Where a verification stands at its vendor, in our words.",
    {
        "CREATED": "Nothing has been given yet, or all of it must be given anew.",
        "IN_PROGRESS": "The customer is giving things, or the vendor is checking.",
        "APPROVED": "The vendor approved it.",
        "RESUBMISSION_REQUESTED": "The vendor refused it, and the customer may try again.",
        "DECLINED": "The vendor refused it for good.",
        "EXPIRED": "The customer did not finish in time.",
    },
)
described(
    ReviewAnswer,
    "A vendor's verdict.",
    {"GREEN": "Approved.", "RED": "Refused."},
)
described(
    RejectType,
    "Whether a refusal is the end.",
    {"RETRY": "The customer may try again.", "FINAL": "The refusal is for good."},
)
described(
    ActionKind,
    "What can be done to a verification at its vendor.",
    {
        "RECHECK": "Ask for another check: billable.",
        "RESET_STEP": "Make one step have to be passed again.",
        "RESET": "Make everything have to be given again.",
        "CHANGE_LEVEL": "Move it to another level: billable.",
        "BLOCK": "Put the person on the firm's blocklist.",
        "SET_RISK_LEVEL": "Set the risk level.",
        "TAG": "Add tags.",
        "SET_PRESENCE": "Activate or deactivate the profile.",
        "SHARE": "Make a token for a partner.",
        "CORRECT": "Change what the firm declared of the person.",
        "ASK_REGISTRY": "Ask a government's registry about the person: billable.",
        "SET_DOCUMENT_INACTIVE": "Set an image aside, or take that back.",
        "SDK_TOKEN": "Make a token for the vendor's SDK.",
        "LINK": "Make an address of the vendor's hosted page.",
        "SUBMIT": "End the upload, so that the check begins.",
        "DELETE": "Delete it with its data at the vendor.",
        "SANDBOX_VERDICT": "Give a verdict in the vendor's sandbox.",
    },
)
