"""The domain's closed sets as GraphQL enums, each value described."""

from __future__ import annotations

from api.scalars import described
from app.domain.action import ActionKind
from app.domain.customer import (
    AmlDecision,
    AmlStatus,
    CustomerStatus,
    CustomerType,
    KycStatus,
    NextActionCode,
    RiskLevel,
)
from app.domain.drift import DriftKind
from app.domain.inbound import InboundStatus
from app.domain.ingestion import IngestionStatus
from app.domain.lifecycle import ChangeKind
from app.domain.process import KycProcess, ResultStatus
from app.domain.process.outcome import DocumentType, FileCategory, Gender
from app.domain.provider import ProviderName, VendorRecord
from app.domain.replay import Replayed
from app.domain.verification import RejectType, ReviewAnswer, Stage

described(CustomerType, "What kind of party a customer is.", {"INDIVIDUAL": "A natural person."})
described(
    CustomerStatus,
    "Where a customer stands as a whole. Computed from `kycStatus` and `aml.status`, never stored.",
    {
        "CREATED": "Known, and nothing has been started.",
        "UNDER_REVIEW": "A verification or the AML screening is under way.",
        "NEEDS_ADDITIONAL_INFORMATION": "Something is missing or must be given again.",
        "ACTIVE": "Verified and clear, or no verification is required.",
        "REJECTED": "The verification failed, or compliance decided against the customer.",
        "DEACTIVATED": "Deactivated by a person.",
    },
)
described(
    KycStatus,
    "Where the verification of the customer's identity stands.",
    {
        "NOT_STARTED": "No verification has been started or ingested.",
        "PENDING": "A person started a verification; the customer has not opened it.",
        "IN_PROGRESS": "The customer is in the vendor's flow, or the vendor is checking.",
        "VERIFIED": "The vendor approved the verification.",
        "FAILED": "The vendor refused the verification.",
        "AWAITING_RESUBMISSION": "The vendor asks for something again.",
        "NOT_REQUIRED": "A person decided that no verification is required.",
    },
)
described(
    AmlStatus,
    "Where the screening against sanctions and watch lists stands.",
    {
        "NOT_SCREENED": "No screening has run.",
        "IN_PROGRESS": "Screening is running.",
        "CLEAR": "Screening ran in full and found nothing.",
        "NEEDS_REVIEW": "Hits were found and wait for compliance.",
        "RESOLVED": "Every hit was judged and a decision recorded.",
    },
)
described(
    AmlDecision,
    "What compliance decided about a customer's hits.",
    {"CLEARED": "The customer may be onboarded.", "REJECTED": "The customer must not be onboarded."},
)
described(
    RiskLevel,
    "How risky the firm holds the customer to be.",
    {"UNKNOWN": "Not assessed.", "LOW": "Low risk.", "MEDIUM": "Medium risk.", "HIGH": "High risk."},
)
described(
    NextActionCode,
    "What the caller's application should do now.",
    {
        "SUBMIT_KYC_DATA": "Give the customer's KYC data.",
        "START_VERIFICATION": "Ingest an approved verification, or have a person start one.",
        "OPEN_VERIFICATION_LINK": "Send the customer to the verification link.",
        "WAIT": "Wait: something is running.",
        "RESUBMIT": "Send the customer back to give something again.",
        "ONBOARD": "Onboard the customer.",
        "HOLD_FOR_AML_REVIEW": "Hold until compliance has decided about the hits.",
        "CHECK_FINAL_DECISION": "Follow the decision that compliance recorded.",
        "DO_NOT_ONBOARD": "Do not onboard the customer.",
        "NOTHING": "Nothing is to be done.",
    },
)
described(
    IngestionStatus,
    "Where an ingestion stands. There is no failure here: failure belongs to a process.",
    {
        "QUEUED": "Accepted, waiting for a worker.",
        "RUNNING": "A worker is fetching, or waiting for the vendor.",
        "FINISHED": "Every process has its result.",
    },
)
described(
    KycProcess,
    "A part of knowing a customer that an ingestion can fill.",
    {
        "PROFILE": "Name, birth and citizenship.",
        "ADDRESS": "The address of residence.",
        "IDENTITY": "The identity document and the person in it.",
        "PROOF_OF_ADDRESS": "A document that shows where the person lives.",
    },
)
described(
    ResultStatus,
    "Where one process of an ingestion stands. COMPLETED means extracted and stored, not verified.",
    {
        "PROCESSING": "Not decided yet.",
        "COMPLETED": "The data was extracted and stored.",
        "FAILED": "The data could not be had; `error` says why.",
    },
    name="ProcessResultStatus",
)
described(
    DocumentType,
    "The kind of an identity document.",
    {
        "PASSPORT": "A passport.",
        "ID_CARD": "A national identity card.",
        "DRIVING_LICENSE": "A driving licence.",
        "RESIDENCE_PERMIT": "A residence permit.",
        "UNSUPPORTED": "Any other kind; the vendor's own word is kept.",
    },
    name="IdentityDocumentType",
)
described(Gender, "The gender as the document states it.", {"MALE": "Male.", "FEMALE": "Female."})
described(
    FileCategory,
    "What kind of file it is.",
    {"DOCUMENT": "A document, as picture or PDF.", "IMAGE": "A picture of a person.", "VIDEO": "A video."},
)
described(
    ProviderName,
    "A vendor of identity verification.",
    {"SUMSUB": "Sumsub, https://sumsub.com.", "VERIFF": "Veriff, https://www.veriff.com."},
)
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
described(
    VendorRecord,
    "Something a vendor keeps of a verification.",
    {
        "APPLICANT": "The applicant with all that was recognised (Sumsub).",
        "REVIEW_STATUS": "Where the review stands (Sumsub).",
        "STEPS": "Each step with its document, images and verdicts (Sumsub).",
        "MODERATION_STATES": "The buttons that the reviewer pressed (Sumsub).",
        "REQUIRED_DOCUMENTS": "What the level asks for (Sumsub).",
        "RESOURCES": "Every image with its type, side and verdict (Sumsub).",
        "AML_CASE": "The vendor's own screening (Sumsub).",
        "DECISION": "The decision with person and document (Veriff).",
        "FULL_AUTO_DECISION": "The automatic decision with score and insights (Veriff).",
        "PERSON": "The person as known to the vendor (Veriff).",
        "ATTEMPTS": "The attempts of the session (Veriff).",
        "MEDIA": "The media of the latest attempt (Veriff).",
        "WATCHLIST_SCREENING": "The vendor's own screening (Veriff).",
    },
)
described(
    InboundStatus,
    "Where an event that a vendor sent stands.",
    {
        "UNMATCHED": "It is about nothing known here yet, and waits.",
        "WAITING": "Its verification is about to be looked at.",
        "HANDLED": "The vendor was asked for the present state, and that was applied.",
    },
    name="ProviderEventStatus",
)
described(
    DriftKind,
    "What kind of unknown word a vendor used.",
    {
        "STATUS": "A status of a review or session.",
        "ANSWER": "A verdict.",
        "LABEL": "A label for a refusal or a risk.",
        "REJECT_TYPE": "A kind of refusal.",
        "BUTTON": "A reviewer's button.",
        "DOCUMENT_TYPE": "A type of document.",
        "STEP": "A step of the vendor's flow.",
        "REASON_CODE": "A reason for a decision.",
        "MEDIA_CONTEXT": "What a file shows.",
        "EVENT_TYPE": "A type of webhook.",
        "FIELD": "A field of an answer.",
    },
)
described(
    Replayed,
    "What kind of stored thing is computed again.",
    {
        "EVENT": "A raw event that a vendor sent.",
        "RESULT": "A process result, from the answers its ingestion kept.",
        "VERIFICATION": "A verification's standing, from the answers of the last look.",
    },
)
described(
    ChangeKind,
    "What somebody decided about a customer here.",
    {
        "DEACTIVATED": "Nothing more is done for the customer.",
        "REACTIVATED": "The deactivation was taken back.",
        "KYC_REQUIRED": "A verification is required.",
        "KYC_NOT_REQUIRED": "No verification is required.",
        "SCREENED_AGAIN": "The customer was to be screened anew.",
    },
)
