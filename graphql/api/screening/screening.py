"""A customer's screening: its status, checks, hits and decisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import strawberry
from strawberry.scalars import JSON

from api.context import Context, Info
from api.relay.node import Node, masked
from api.screening.enums import AmlDecision, AmlStatus, HitVerdict, Screened, ScreenerName
from app.domain.credential import Right
from app.domain.hit import DecisionStatus
from app.service.screening import aml_decision, hit


@strawberry.type(description="Somebody on a list who may be the customer. A verdict stays while the list says the same.")
class AmlHit(Node):
    screener: ScreenerName = strawberry.field(description="The screener that found the hit.")
    list: str = strawberry.field(description="The list on which it stands.")
    topics: list[str] = strawberry.field(  # type: ignore[valid-type]
        description="Reasons for the listing: sanctions, pep, adverse_media, crime, terrorism, fitness_probity, warning, other."
    )
    score: float = strawberry.field(description="The similarity, from 0 to 1; 1 if the source gives no score.")
    verdict: HitVerdict = strawberry.field(description="The verdict of a person; `reviewAmlHit` changes it.")
    judged_by: str | None = strawberry.field(description="The name of the credential that judged it; null until then.")
    judged_at: dt.datetime | None = strawberry.field(description="The time of the verdict; null until it is judged.")
    found_at: dt.datetime = strawberry.field(description="The time at which the hit was found in its present form.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The listed name; masked for callers who may not read personal data.")
    async def name(self, info: Info) -> str:
        return masked(str((await self._opened(info.context)).get("name", "")), clear=info.context.clear) or ""

    @strawberry.field(description="The person's comment on the verdict; null for callers who may not read internal comments.")
    async def comment(self, info: Info) -> str | None:
        return await _comment(info.context, self.row, hit.COMMENT)

    @strawberry.field(
        description="The explanation of the hit: matching and differing fields, the list's own entry, and its `source`. "
        "Empty for callers who may not read personal data."
    )
    async def details(self, info: Info) -> JSON:
        return JSON((await self._opened(info.context)).get("details", {}) if info.context.clear else {})

    async def _opened(self, context: Context) -> dict[str, Any]:
        cipher = await context.loaders.cipher_by_customer.load(self.row.customer_id)
        return cipher.open_json(self.row.details, hit.DETAILS) if cipher else {}

    @classmethod
    def of(cls, row: Any) -> AmlHit:
        return cls(
            id=strawberry.ID(row.id),
            screener=ScreenerName(row.screener),
            list=row.list,
            topics=row.topics,
            score=1.0 if row.score is None else row.score,
            verdict=HitVerdict(row.verdict),
            judged_by=row.judged_by,
            judged_at=row.judged_at,
            found_at=row.found_at,
            row=row,
        )


async def _comment(context: Context, row: Any, place: str) -> str | None:
    if row is None or row.comment is None or not context.caller.may(Right.READ_INTERNAL):
        return None
    cipher = await context.loaders.cipher_by_customer.load(row.customer_id)
    return cipher.open(row.comment, place).decode() if cipher else None


@strawberry.type(description="One version of a list.")
class ListVersion:
    list: str = strawberry.field(description="The name of the watch list.")
    version: str = strawberry.field(description="The version of the list that was searched.")


@strawberry.type(description="The latest outcome of one screener for a customer.")
class AmlCheck:
    screener: ScreenerName = strawberry.field(description="The screener that was asked.")
    outcome: Screened = strawberry.field(description="The outcome; only CLEAR means that nothing was found.")
    algorithm: str | None = strawberry.field(
        description="The matching algorithm with its version; null if the source does not say."
    )
    versions: list[ListVersion] = strawberry.field(description="The lists that were looked into.")
    remarks: list[str] = strawberry.field(
        description="Limits of the screening: NAME_NOT_LATIN, no name could be transliterated reliably; "
        "HITS_CUT, there were more hits than are kept."
    )
    checked_at: dt.datetime = strawberry.field(description="The time at which the screener returned this outcome.")

    @classmethod
    def of(cls, row: Any) -> AmlCheck:
        return cls(
            screener=ScreenerName(row.screener),
            outcome=Screened(row.screened),
            algorithm=row.algorithm,
            versions=[ListVersion(list=name, version=version) for name, version in row.versions.items()],
            remarks=row.remarks,
            checked_at=row.checked_at,
        )


@strawberry.type(description="The status of the screening against sanctions and watch lists.")
class Aml:
    status: AmlStatus = strawberry.field(description="The status of the screening.")
    screened_at: dt.datetime | None = strawberry.field(
        description="The time of the last screening result; null until there is one."
    )
    decision: AmlDecision | None = strawberry.field(description="The decision of compliance; null until one is recorded.")
    row: strawberry.Private[Any]

    @strawberry.field(description="The person whose decision stands; null while nothing was decided.")
    async def decided_by(self, info: Info) -> str | None:
        found = await self._decision(info.context, DecisionStatus.FINAL)
        return found.decided_by if found and self.decision else None

    @strawberry.field(description="The second person, where one is needed.")
    async def confirmed_by(self, info: Info) -> str | None:
        found = await self._decision(info.context, DecisionStatus.FINAL)
        return found.confirmed_by if found and self.decision else None

    @strawberry.field(description="The comment on the decision; null for callers who may not read internal comments.")
    async def comment(self, info: Info) -> str | None:
        found = await self._decision(info.context, DecisionStatus.FINAL)
        return await _comment(info.context, found, aml_decision.COMMENT) if self.decision else None

    @strawberry.field(description="A decision that waits for a second person's; null where none does.")
    async def proposed_decision(self, info: Info) -> AmlDecision | None:
        found = await self._decision(info.context, DecisionStatus.PROPOSED)
        return AmlDecision(found.decision) if found else None

    @strawberry.field(description="The person whose decision waits for a second person's.")
    async def proposed_by(self, info: Info) -> str | None:
        found = await self._decision(info.context, DecisionStatus.PROPOSED)
        return found.decided_by if found else None

    @strawberry.field(description="The current hits, unreviewed ones first; at most 200.")
    async def hits(self, info: Info) -> list[AmlHit]:
        return [AmlHit.of(row) for row in await info.context.loaders.hits_by_customer.load(self.row.id)]

    @strawberry.field(description="The latest outcome of each screener.")
    async def checks(self, info: Info) -> list[AmlCheck]:
        return [AmlCheck.of(row) for row in await info.context.loaders.checks_by_customer.load(self.row.id)]

    async def _decision(self, context: Context, status: DecisionStatus) -> Any | None:
        rows = await context.loaders.decisions_by_customer.load(self.row.id)
        return next((row for row in rows if row.status == status), None)

    @classmethod
    def of(cls, row: Any) -> Aml:
        decision = AmlDecision(row.aml_decision) if row.aml_decision else None
        return cls(status=AmlStatus(row.aml_status), screened_at=row.aml_screened_at, decision=decision, row=row)


async def hit_by_id(context: Context, hit_id: str) -> AmlHit | None:
    row = await context.loaders.hit_by_id.load(hit_id)
    return AmlHit.of(row) if row else None
