"""What was decided about a customer here, and by whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

import strawberry

from api.customer.enums import ChangeKind
from app.service.customer import lifecycle
from app.service.trust.vault import DataKeyCipher


@strawberry.type(description="Something that was decided about a customer here.")
class CustomerChange:
    id: strawberry.ID = strawberry.field(description="The change's id.")
    kind: ChangeKind = strawberry.field(description="What was decided.")
    reason: str | None = strawberry.field(description="Why; null for callers who may not read internal remarks.")
    requested_by: str = strawberry.field(description="Whose credential it was.")
    created_at: dt.datetime = strawberry.field(description="When it was decided.")

    @classmethod
    def of(cls, row: Any, cipher: DataKeyCipher | None) -> CustomerChange:
        """With a cipher the reason is opened."""
        return cls(
            id=strawberry.ID(row.id),
            kind=ChangeKind(row.kind),
            reason=cipher.open(row.reason, lifecycle.REASON).decode() if cipher else None,
            requested_by=row.requested_by,
            created_at=row.created_at,
        )
