"""Whether each KYC process of a customer is satisfied, and if not, why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import strawberry

from api.context import Context
from api.ingestion.enums import KycProcess
from api.scalars import described
from app.domain.overview import Line, OverviewStatus
from app.service.customer import overview

described(
    OverviewStatus,
    "Whether a KYC process of a customer is satisfied.",
    {
        "PENDING": "Nothing has been found for it yet.",
        "RUNNING": "It is being found, or the vendor is checking.",
        "OK": "What was found meets the requirements.",
        "FAILED": "What was found does not, or could not be had: the reasons say why.",
        "EXEMPT": "No verification is required of this customer.",
    },
    name="KycProcessStatus",
)


@strawberry.type(description="Why a process is not satisfied.")
class KycProcessReason:
    code: str = strawberry.field(
        description="underage, duplicate, document_expired, missing_field, data_mismatch, provider_rejection, or the code of the "
        "error by which the result failed."
    )
    message: str = strawberry.field(description="A sentence for people at the firm.")
    field: str | None = strawberry.field(description="The field of the result that it is about, if it is about one.")


@strawberry.type(description="One process of a customer: is it satisfied, and if not, why not.")
class KycProcessOverview:
    process: KycProcess = strawberry.field(description="The process.")
    status: OverviewStatus = strawberry.field(description="Whether it is satisfied.")
    reasons: list[KycProcessReason] = strawberry.field(description="Why it is not; empty if it is.")
    updated_at: dt.datetime | None = strawberry.field(description="When its newest result changed; null while there is none.")


async def of_customer(context: Context, row: Any) -> list[KycProcessOverview]:
    loaders = context.loaders
    cipher = await loaders.cipher_by_customer.load(row.id)
    results = await loaders.newest_results_by_customer.load(row.id)
    same = await loaders.duplicates_by_customer.load(row.id)
    return [_line(line) for line in overview.lines(context.deps, row, cipher, results, same)]


def _line(line: Line) -> KycProcessOverview:
    return KycProcessOverview(
        process=line.process,
        status=line.status,
        reasons=[KycProcessReason(code=item.code, message=item.message, field=item.field) for item in line.reasons],
        updated_at=line.updated_at,
    )
