"""The overview of a customer's KYC processes: the status of each, and the reasons why it is not satisfied."""

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
    "The state of a KYC process of a customer.",
    {
        "PENDING": "Nothing has been found for it yet.",
        "RUNNING": "It is being found, or the provider is checking.",
        "OK": "The extracted data meets the requirements.",
        "FAILED": "The requirements are not met or the data is missing; see the reasons.",
        "EXEMPT": "No verification is required of this customer.",
    },
    name="KycProcessStatus",
)


@strawberry.type(description="A reason why a process is not satisfied.")
class KycProcessReason:
    code: str = strawberry.field(
        description="underage, duplicate, document_expired, missing_field, data_mismatch, provider_rejection, or the code of the "
        "error by which the result failed."
    )
    message: str = strawberry.field(description="A sentence for people at the firm.")
    field: str | None = strawberry.field(description="The field of the result that it is about, if it is about one.")


@strawberry.type(description="One process of a customer: is it satisfied, and if not, why not.")
class KycProcessOverview:
    process: KycProcess = strawberry.field(description="The KYC process that this is about.")
    status: OverviewStatus = strawberry.field(description="The current state of the process; OK if it is satisfied.")
    reasons: list[KycProcessReason] = strawberry.field(description="Reasons why it is not satisfied; empty if it is.")
    updated_at: dt.datetime | None = strawberry.field(
        description="The time at which its newest result changed; null if there is none."
    )


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
