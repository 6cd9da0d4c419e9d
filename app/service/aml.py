"""Screening: what was found becomes `aml.status`, step by step, through its one door."""

from __future__ import annotations

from sqlalchemy import select

from app.db import Session
from app.domain import aml
from app.domain.aml import Screened
from app.domain.customer import AmlStatus, KycStatus
from app.model import customer as customer_model
from app.model.customer import Customer
from app.service.core import Core


async def apply(core: Core, session: Session, customer_id: str, found: Screened) -> None:
    """Only a customer who is verified is screened: what was found of another waits until it is."""
    query = select(Customer.__table__).where(Customer.id == customer_id).with_for_update(key_share=True)
    row = (await session.execute(query)).one()
    if row.kyc_status != KycStatus.VERIFIED:
        return
    for to in aml.moves(AmlStatus(row.aml_status), found):
        await customer_model.move_aml(session, row, to=to, at=core.clock.now(), reason="screening")
        row = (await session.execute(query)).one()
