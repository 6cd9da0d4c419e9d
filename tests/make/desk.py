"""A worker's desk without a worker: everything it has, and customers to be screened, claim by claim."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from app.domain.aml import Screened
from app.domain.customer import AmlDecision, KycStatus
from app.domain.hit import HitVerdict
from app.domain.screening import Case, Hit, Report, ScreenerName
from app.model.customer import Customer
from app.model.hit import AmlHit
from app.model.rescreening import Rescreening
from app.model.screening import Screening
from app.service.context import WorkContext
from app.service.customer import customer
from app.service.customer.customer import NewCustomer
from app.service.screening import aml_decision, rescreening, screening, screening_round
from app.service.screening.aml_decision import Judgement, Resolution
from app.service.trust.actor import Actor
from app.store.db import now, transaction

_numbers = itertools.count(1)
HIT = Hit("Some list", "k", "d", "Iria Vale", ("sanctions",), 0.9, {})
CLEAR, HITS = Report(Screened.CLEAR), Report(Screened.HITS, (HIT,))


@dataclass
class Scripted:
    """A screener that says one thing after the other; the last for ever. What is an exception is raised."""

    script: list[Any] = field(default_factory=lambda: [CLEAR])

    async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(said, BaseException):
            raise said
        if callable(said):
            said = await said()
        return [said for _ in cases]


@dataclass
class Desk:
    """What a worker has, without a worker, and a customer to be screened."""

    context: WorkContext
    tenant_id: str
    folder: Path

    def with_(self, **screeners: Any) -> Desk:
        """The same, with these screeners and no other."""
        named = {ScreenerName[name.upper()]: screener for name, screener in screeners.items()}
        deps = replace(self.context.deps, screening=replace(self.context.deps.screening, screeners=tuple(named)))
        return Desk(replace(self.context, deps=deps, screeners=named), self.tenant_id, self.folder)

    async def verified(self, first: str = "Iria", last: str | None = "Vale") -> str:
        deps = self.context.deps
        new = NewCustomer(f"s{next(_numbers)}@example.org", first, last)
        customer_id = await customer.create(deps, self.tenant_id, new)
        async with transaction(deps.database) as session:
            await session.execute(update(Customer).where(Customer.id == customer_id).values(kyc_status=KycStatus.VERIFIED))
            await screening.person_changed(deps, session, customer_id)
        return customer_id

    async def once(self, customer_id: str) -> str:
        """One claim by a worker, as if it were due; the status it leads to."""
        async with transaction(self.context.deps.database) as session:
            mine = update(Screening).where(Screening.customer_id == customer_id)
            found = await session.execute(mine.values(lease_until=None, due_at=now(), wake_at=now()).returning(Screening.id))
            screening_id = found.scalar_one()
        await screening_round.screen(self.context, screening_id)
        return await self.status(customer_id)

    async def row(self, customer_id: str) -> Any:
        async with self.context.deps.database.reading() as connection:
            return (await connection.execute(select(Customer.__table__).where(Customer.id == customer_id))).one()

    async def status(self, customer_id: str) -> str:
        return str((await self.row(customer_id)).aml_status)

    async def hits(self, customer_id: str) -> list[Any]:
        async with self.context.deps.database.reading() as connection:
            return list((await connection.execute(select(AmlHit.__table__).where(AmlHit.customer_id == customer_id))).all())

    async def judged(self, customer_id: str, verdict: HitVerdict = HitVerdict.FALSE_POSITIVE) -> None:
        for hit in await self.hits(customer_id):
            await aml_decision.judge(
                self.context.deps, Judgement(Actor(self.tenant_id, "ann", "crd_1"), hit.id, verdict, "looked at")
            )

    async def resolved(self, customer_id: str, decision: AmlDecision = AmlDecision.CLEARED, who: str = "ann") -> None:
        await aml_decision.resolve(
            self.context.deps, Resolution(Actor(self.tenant_id, who, f"crd_{who}"), customer_id, decision, "decided")
        )

    async def walk(self) -> None:
        """Every re-screening to its end."""
        for _ in range(50):
            async with transaction(self.context.deps.database) as session:
                due = (
                    update(Rescreening).where(Rescreening.is_open).values(due_at=now(), lease_until=None).returning(Rescreening.id)
                )
                open_ = [row.id for row in await session.execute(due)]
            if not open_:
                return
            for rescreening_id in open_:
                await rescreening.walk(self.context, rescreening_id)
