"""Access rights. A credential belongs to one tenant and has one role; rights follow from the role and its scopes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class CredentialKind(StrEnum):
    API_KEY = "api-key"
    PERSON = "person"
    # The role of a customer's browser or phone: short-lived, with access to the customer's own data only.
    CUSTOMER = "customer"


class Role(StrEnum):
    SERVICE = "service"
    BACK_OFFICE = "back-office"
    COMPLIANCE = "compliance"
    ADMIN = "admin"
    CUSTOMER = "customer"


class Right(StrEnum):
    READ = "read"
    WRITE = "write"
    READ_PERSONS = "persons:read"
    # Comments of a provider that must not reach the customer.
    READ_INTERNAL = "internal:read"
    # Billable or destructive actions at a provider. Only people may hold this right.
    ACT = "verifications:act"
    # Hits, and the decision that follows from them: for people of compliance alone.
    JUDGE = "aml:judge"


ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.SERVICE: frozenset({Right.READ, Right.WRITE}),
    Role.BACK_OFFICE: frozenset({Right.READ, Right.WRITE, Right.READ_INTERNAL, Right.ACT}),
    Role.COMPLIANCE: frozenset({Right.READ, Right.READ_PERSONS, Right.READ_INTERNAL, Right.ACT, Right.JUDGE}),
    Role.ADMIN: frozenset(),
    Role.CUSTOMER: frozenset(),
}
# What may be granted to an API key on top of its role.
SCOPES = frozenset({Right.READ_PERSONS})
ROLES_OF_KIND: dict[CredentialKind, frozenset[Role]] = {
    CredentialKind.API_KEY: frozenset({Role.SERVICE}),
    CredentialKind.PERSON: frozenset({Role.BACK_OFFICE, Role.COMPLIANCE, Role.ADMIN}),
    CredentialKind.CUSTOMER: frozenset({Role.CUSTOMER}),
}


@dataclass(frozen=True)
class Principal:
    """The caller of one request, as proven by a credential."""

    credential_id: str
    tenant_id: str
    kind: CredentialKind
    role: Role
    name: str
    scopes: frozenset[Right]
    expires_at: dt.datetime | None = None
    # The customer that a customer's own token belongs to.
    customer_id: str | None = None

    @property
    def rights(self) -> frozenset[Right]:
        return ROLE_RIGHTS[self.role] | self.scopes

    def may(self, right: Right) -> bool:
        return right in self.rights
