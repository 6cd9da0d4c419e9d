"""Enums of ingestions and results, each value described. Types import them from here, so that no enum lacks its descriptions."""

from __future__ import annotations

from api.scalars import described
from app.domain.ingestion import IngestionStatus
from app.domain.process import KycProcess, ResultStatus
from app.domain.process.outcome import DocumentType, FileCategory, Gender

__all__ = ["DocumentType", "FileCategory", "Gender", "IngestionStatus", "KycProcess", "ResultStatus"]

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
