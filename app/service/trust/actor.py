"""The person who decides something: of which firm, by what name, with which credential."""

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
        """Whether somebody who decided before is the same person, by name or by credential."""
        return self.name == name or self.credential_id == credential_id
