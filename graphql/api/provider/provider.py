"""The capabilities of the configured providers, generated from the adapters themselves."""

from __future__ import annotations

import strawberry

from api.context import Info
from api.ingestion.enums import KycProcess
from api.provider.enums import ProviderName, VendorRecord
from api.verification.enums import ActionKind
from app.domain.action import NEEDS_A_PERSON
from app.domain.credential import Right


@strawberry.type(description="One of several sets of keys at a provider.")
class ProviderIntegration:
    name: str = strawberry.field(description="The name of the integration in the settings.")
    processes: list[KycProcess] = strawberry.field(description="The processes that its verifications can give.")


@strawberry.type(description="Something that can be done to a verification at this provider.")
class ProviderAction:
    kind: ActionKind = strawberry.field(description="The kind of the action.")
    needs_person: bool = strawberry.field(description="True if it is billable or destructive and needs a person's credential.")


@strawberry.type(description="A configured provider and what it can do here.")
class Provider:
    name: ProviderName = strawberry.field(description="The name of the provider.")
    processes: list[KycProcess] = strawberry.field(description="The processes that it can give.")
    sources: list[str] = strawberry.field(description="Ways to name a verification: share-token, applicant-id, sessions.")
    actions: list[ProviderAction] = strawberry.field(description="Actions that its verifications support.")
    records: list[VendorRecord] = strawberry.field(description="Its own records that can be read as they are.")
    integrations: list[ProviderIntegration] = strawberry.field(description="Its sets of keys, where it has several kinds.")


@strawberry.type
class ProviderQuery:
    @strawberry.field(description="The providers configured here, with their capabilities.")
    def providers(self, info: Info) -> list[Provider]:
        info.context.require(Right.READ)
        return [
            Provider(
                name=able.name,
                processes=list(able.processes),
                sources=[str(source) for source in able.sources],
                actions=[ProviderAction(kind=kind, needs_person=kind in NEEDS_A_PERSON) for kind in able.actions],
                records=list(able.records),
                integrations=[
                    ProviderIntegration(name=name, processes=list(given)) for name, given in sorted(able.integrations.items())
                ],
            )
            for able in info.context.offered.values()
        ]
