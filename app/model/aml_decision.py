"""Decisions of compliance officers about a customer's hits, with the person who confirmed each. Final rows never change."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel

from app.domain import machine
from app.domain.hit import DECISION_TRANSITIONS, DecisionStatus
from app.store.db import Session, UtcDateTime


class AmlDecisionRow(SQLModel, table=True):
    __tablename__ = "aml_decision"
    __table_args__ = (Index("aml_decision_of_customer", "customer_id", "id"),)
    id: str = Field(primary_key=True, max_length=40)
    tenant_id: str = Field(max_length=40, foreign_key="tenant.id")
    customer_id: str = Field(max_length=40, foreign_key="customer.id")
    decision: str = Field(max_length=20)
    status: str = Field(max_length=20)
    comment: bytes
    decided_by: str = Field(max_length=200)
    credential_id: str = Field(max_length=40)
    # The second person, if one is required.
    confirmed_by: str | None = Field(default=None, max_length=200)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    final_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


async def move(session: Session, row: AmlDecisionRow, *, to: DecisionStatus, **values: object) -> None:
    """Moves a decision's status. All changes go through here; the caller holds the customer's lock."""
    machine.check(DECISION_TRANSITIONS, DecisionStatus(row.status), to)
    await session.execute(update(AmlDecisionRow).where(AmlDecisionRow.id == row.id).values(status=to, **values))
