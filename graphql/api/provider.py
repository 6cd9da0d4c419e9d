"""What the configured vendors can do, generated from the adapters themselves."""

from __future__ import annotations

import strawberry

from api.context import Context
from app.domain.credential import Right
from app.domain.process import KycProcess
from app.domain.provider import ProviderName


@strawberry.type(description="A configured vendor and what it can do here.")
class Provider:
    name: ProviderName = strawberry.field(description="The vendor.")
    processes: list[KycProcess] = strawberry.field(description="The processes that it can give.")
    sources: list[str] = strawberry.field(description="How a verification may be named: share-token, applicant-id.")


@strawberry.type
class ProviderQuery:
    @strawberry.field(description="The configured vendors.")
    def providers(self, info: strawberry.Info[Context, None]) -> list[Provider]:
        info.context.require(Right.READ)
        return [
            Provider(name=able.name, processes=list(able.processes), sources=[str(source) for source in able.sources])
            for able in info.context.offered.values()
        ]
