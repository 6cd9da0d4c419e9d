"""The domain's closed sets as GraphQL enums, each value described."""

from __future__ import annotations

from api.scalars import described
from app.domain.customer import (
    AmlDecision,
    AmlStatus,
    CustomerStatus,
    CustomerType,
    KycStatus,
    NextActionCode,
    RiskLevel,
)
from app.domain.ingestion import IngestionStatus
from app.domain.process import KycProcess, ResultStatus
from app.domain.process.outcome import DocumentType, FileCategory, Gender
from app.domain.provider import ProviderName

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
