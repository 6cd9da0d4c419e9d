"""What the resolvers of one operation share. Made anew for every operation, on a socket too."""

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


# Each is a call to a vendor, out of a budget that verdicts need, too.
VENDOR_READS = 10


@dataclass
class Context:
    """`principal` is None for a caller without a credential, who may at most introspect."""

    deps: Dependencies
    principal: Principal | None
    request_id: str
    public_url: str
    providers: Mapping[ProviderName, Provider]
    fetcher: Fetcher
    sandbox: bool = True
    # How often this operation has had a vendor asked.
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
        """Whether the caller may read personal data and documents: with the right, or a customer its own (it sees no other)."""
        return self.caller.may(Right.READ_PERSONS) or self.caller.customer_id is not None

    @property
    def offered(self) -> Mapping[ProviderName, Capabilities]:
        """What the configured vendors can do."""
        return {name: provider.capabilities for name, provider in self.providers.items()}

    def count_vendor_read(self) -> None:
        """One more record is read from a vendor. Raises BadRequest where one operation asks for too many."""
        self.vendor_reads += 1
        if self.vendor_reads > VENDOR_READS:
            raise BadRequest(f"One operation may read at most {VENDOR_READS} of the vendors' own records.")

    def require_person(self, right: Right) -> Principal:
        """The caller, if it is a person with the right. Raises HumanRequired for a machine, whatever it is granted."""
        if self.caller.kind is not CredentialKind.PERSON:
            raise HumanRequired("This is billable or destructive: a person must ask for it, with a credential of their own.")
        return self.require(right)

    def require(self, right: Right) -> Principal:
        """The caller, if the credential carries the right. Raises Forbidden."""
        if not self.caller.may(right):
            raise Forbidden(f"A credential with the role {self.caller.role} may not do this.")
        return self.caller

    def require_for(self, customer_id: str, right: Right) -> Principal:
        """The caller, if the credential carries the right, or is this very customer's own. Raises Forbidden."""
        if self.caller.customer_id is not None and self.caller.customer_id == customer_id:
            return self.caller
        return self.require(right)

    @cached_property
    def loaders(self) -> Loaders:
        return Loaders(self.deps, self.tenant_id)

    def renew(self) -> None:
        """Forgets what was loaded: the next event of a subscription must see the present state."""
        self.__dict__.pop("loaders", None)


# What a resolver receives beside its arguments.
Info = strawberry.Info[Context, None]
