"""Identity fingerprints: keyed digests of a document number, or of name and date of birth, that reveal duplicates."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class IdentityFingerprint(SQLModel, table=True):
    __tablename__ = "identity_fingerprint"
    __table_args__ = (Index("identity_fingerprint_same", "tenant_id", "kind", "digest"),)
    customer_id: str = Field(primary_key=True, max_length=40, foreign_key="customer.id")
    kind: str = Field(primary_key=True, max_length=20)
    digest: str = Field(primary_key=True, max_length=64)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
