"""A verification at a provider, as of its last refresh. Also its own job, like an ingestion: the next refresh is a column."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel

from app.errors import StaleFence
from app.store.db import Json, Session, UtcDateTime


class Verification(SQLModel, table=True):
    __table_args__ = (
        Index("verification_of_customer", "customer_id", "provider", "reference", unique=True),
        Index("verification_by_reference", "provider", "reference"),
        Index("verification_by_external", "provider", "external_id"),
        Index("verification_by_tenant", "tenant_id", "id"),
        Index("verification_due", "due_at"),
    )
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    provider: str = Field(max_length=20)
    # The provider's id, the integration whose keys read it, and the external id under which it was created.
    reference: str = Field(max_length=200)
    integration: str | None = Field(default=None, max_length=60)
    external_id: str | None = Field(default=None, max_length=200)
    level: str | None = Field(default=None, max_length=200)
    started_by: str | None = Field(default=None, max_length=200)
    stage: str | None = Field(default=None, max_length=30)
    approval: str = Field(max_length=20)
    review_status: str | None = Field(default=None, max_length=100)
    review_answer: str | None = Field(default=None, max_length=20)
    reject_type: str | None = Field(default=None, max_length=20)
    reject_labels: Any = Field(sa_type=Json)
    # Comments, steps, images and buttons, sealed under the customer's key.
    details: bytes | None = None
    # The provider's page for the customer, sealed, and the processes that a verification started here must deliver.
    link: bytes | None = None
    link_expires_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    processes: Any = Field(default=None, sa_type=Json, nullable=True)
    # Digests that reveal changes: of the whole state, and of the provider's data about the customer.
    digest: str | None = Field(default=None, max_length=64)
    data_digest: str | None = Field(default=None, max_length=64)
    attempt: int = 0
    decided_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    active: bool = True
    missing_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The number of webhook notices. A refresh that began before the latest notice is followed by another.
    notices: int = 0
    thorough: bool = False
    quiet: int = 0
    fence: int = 0
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    wake_at: dt.datetime = Field(sa_type=UtcDateTime)
    faulty_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    refreshed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


async def write(session: Session, verification_id: str, *, fence: int, **values: Any) -> None:
    """Writes columns of a claimed row. Raises StaleFence if another worker has claimed it since."""
    written = await session.execute(
        update(Verification).where(Verification.id == verification_id, Verification.fence == fence).values(**values)
    )
    if written.rowcount != 1:
        raise StaleFence(verification_id)
