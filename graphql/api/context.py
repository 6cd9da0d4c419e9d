"""The context that the resolvers of one operation share. Each operation has its own, also on a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import strawberry

from api.loaders import Loaders
from app.domain.credential import CredentialKind, Principal, Right
from app.domain.provider import Capabilities, Provider, ProviderName
from app.errors import BadRequest, Forbidden, HumanRequired, Unauthenticated
from app.service.dependencies import Dependencies
from app.service.document.fetch import Fetcher
from app.service.trust.credential import REFUSAL

if TYPE_CHECKING:
    from api.serve.feed import Feed


# The most reads of one operation. Each is a call to a provider, and uses the budget that refreshes need, too.
VENDOR_READS = 10


@dataclass
class Context:
    """The context of one operation. `principal` is None for a caller without a credential, who may at most introspect."""

    deps: Dependencies
    principal: Principal | None
    request_id: str
    public_url: str
    providers: Mapping[ProviderName, Provider]
    fetcher: Fetcher
    sandbox: bool = True
    # The number of records that this operation has read from providers.
    vendor_reads: int = 0
    feed: Feed | None = None

    @property
    def caller(self) -> Principal:
        if self.principal is None:
            raise Unauthenticated(REFUSAL)
        return self.principal

    @property
    def tenant_id(self) -> str:
        return self.caller.tenant_id

    @property
    def clear(self) -> bool:
        """Returns whether the caller may read personal data and documents: callers with the right, and customers their own."""
        return self.caller.may(Right.READ_PERSONS) or self.caller.customer_id is not None

    @property
    def offered(self) -> Mapping[ProviderName, Capabilities]:
        """Returns the capabilities of the configured providers."""
        return {name: provider.capabilities for name, provider in self.providers.items()}

    def count_vendor_read(self) -> None:
        """Counts one more record read from a provider. Raises BadRequest if one operation reads too many."""
        self.vendor_reads += 1
        if self.vendor_reads > VENDOR_READS:
            raise BadRequest(f"One operation may read at most {VENDOR_READS} of the vendors' own records.")

    def require_person(self, right: Right) -> Principal:
        """Returns the caller. Raises HumanRequired unless it is a person, whatever its rights, and Forbidden without the right."""
        if self.caller.kind is not CredentialKind.PERSON:
            raise HumanRequired("This is billable or destructive: a person must ask for it, with a credential of their own.")
        return self.require(right)

    def require(self, right: Right) -> Principal:
        """Returns the caller. Raises Forbidden unless the credential has the right."""
        if not self.caller.may(right):
            raise Forbidden(f"A credential with the role {self.caller.role} may not do this.")
        return self.caller

    def require_for(self, customer_id: str, right: Right) -> Principal:
        """Returns the caller. Raises Forbidden unless the credential has the right or is this customer's own."""
        if self.caller.customer_id is not None and self.caller.customer_id == customer_id:
            return self.caller
        return self.require(right)

    @cached_property
    def loaders(self) -> Loaders:
        return Loaders(self.deps, self.tenant_id)

    def renew(self) -> None:
        """Drops all loaded rows, because the next event of a subscription must see the current state."""
        self.__dict__.pop("loaders", None)


# The argument that gives a resolver its context.
Info = strawberry.Info[Context, None]
