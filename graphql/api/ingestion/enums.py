"""Enums of ingestions and results, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.ingestion import IngestionStatus
from app.domain.process import KycProcess, ResultStatus
from app.domain.process.outcome import DocumentType, FileCategory, Gender

__all__ = ["DocumentType", "FileCategory", "Gender", "IngestionStatus", "KycProcess", "ResultStatus"]

described(
    IngestionStatus,
    "The status of an ingestion. It never fails as a whole: failures belong to a process.",
    {
        "QUEUED": "Accepted, waiting for a worker.",
        "RUNNING": "A worker is fetching, or waiting for the provider.",
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
    "The status of a process result. COMPLETED means extracted and stored, not verified.",
    {
        "PROCESSING": "The provider's data is still being fetched.",
        "COMPLETED": "The data was extracted and stored.",
        "FAILED": "The data could not be had; `error` says why.",
    },
    name="ProcessResultStatus",
)
described(
    DocumentType,
    "The kind of an identity document.",
    {
        "PASSPORT": "A passport, of any country.",
        "ID_CARD": "A national identity card.",
        "DRIVING_LICENSE": "A driving licence, front and back.",
        "RESIDENCE_PERMIT": "A residence permit, front and back.",
        "UNSUPPORTED": "Any other kind; the provider's own word is kept.",
    },
    name="IdentityDocumentType",
)
described(
    Gender, "The gender as the document states it.", {"MALE": "The document says male.", "FEMALE": "The document says female."}
)
described(
    FileCategory,
    "The kind of the file, told from its content.",
    {"DOCUMENT": "A document, as picture or PDF.", "IMAGE": "A picture of a person.", "VIDEO": "A video of the person or session."},
)
