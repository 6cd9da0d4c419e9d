"""Changes that people made to a customer, with the credential that made each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import strawberry

from api.customer.enums import ChangeKind
from app.service.customer import lifecycle
from app.service.trust.vault import DataKeyCipher


@strawberry.type(description="Something that was decided about a customer here.")
class CustomerChange:
    id: strawberry.ID = strawberry.field(description="The id of the change.")
    kind: ChangeKind = strawberry.field(description="The kind of the decision.")
    reason: str | None = strawberry.field(description="The reason given; null for callers who may not read internal remarks.")
    requested_by: str = strawberry.field(description="The name of the credential that decided.")
    created_at: dt.datetime = strawberry.field(description="The time of the decision.")

    @classmethod
    def of(cls, row: Any, cipher: DataKeyCipher | None) -> CustomerChange:
        """Returns the change of a row. Decrypts the reason if a cipher is given."""
        return cls(
            id=strawberry.ID(row.id),
            kind=ChangeKind(row.kind),
            reason=cipher.open(row.reason, lifecycle.REASON).decode() if cipher else None,
            requested_by=row.requested_by,
            created_at=row.created_at,
        )
