"""Decisions of compliance officers about a customer's hits, with the person who confirmed each. Final rows never change."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel, col

from app.domain import machine
from app.domain.hit import DECISION_TRANSITIONS, DecisionStatus
from app.store.db import Session, UtcDateTime, every_column, first


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


async def proposed(session: Session, customer_id: str) -> AmlDecisionRow | None:
    """Returns the decision on a customer that waits for a second person, if there is one."""
    query = every_column(AmlDecisionRow).where(
        col(AmlDecisionRow.customer_id) == customer_id, col(AmlDecisionRow.status) == DecisionStatus.PROPOSED
    )
    return first(AmlDecisionRow, await session.execute(query))


async def replace_proposed(session: Session, customer_id: str) -> None:
    """Replaces the decision that waits for a second person, if there is one. The caller holds the customer's lock."""
    waiting = await proposed(session, customer_id)
    if waiting is not None:
        await move(session, waiting, to=DecisionStatus.REPLACED)
