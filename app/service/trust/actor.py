"""The person behind a decision: tenant, name and credential."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.credential import Principal


@dataclass(frozen=True)
class Actor:
    tenant_id: str
    name: str = field(repr=False)
    credential_id: str

    @classmethod
    def of(cls, caller: Principal) -> Actor:
        return cls(caller.tenant_id, caller.name, caller.credential_id)

    def is_also(self, name: str, credential_id: str) -> bool:
        """Returns True if the name or the credential id belongs to this actor."""
        return self.name == name or self.credential_id == credential_id
