"""Files of a verification or from the customer, as clients see them."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.scalars import JSON

from api.context import Info
from api.ingestion.enums import FileCategory
from api.provider.enums import ProviderName
from api.relay.node import Node
from api.scalars import URL
from app.service.document import link

DETAIL_OF_PROVIDER = {ProviderName.SUMSUB: "fileId", ProviderName.VERIFF: "mediaId"}


@strawberry.type(description="One file, of a verification or given by the customer. Its bytes are kept encrypted.")
class File(Node):
    category: FileCategory = strawberry.field(description="The kind of the file, told from its content.")
    context: str = strawberry.field(
        description="The subject: photo-document-front, photo-document-back, photo-selfie, video or address-proof."
    )
    content_type: str = strawberry.field(description="The media type, told from the content.")
    size: int = strawberry.field(description="The size in bytes.")
    sha256: str = strawberry.field(description="The SHA-256 of the bytes, in hexadecimal.")
    provider_details: JSON = strawberry.field(
        description='The vendor\'s own id of the file: {"fileId": …} for Sumsub, {"mediaId": …} for Veriff; empty for one that '
        "the customer gave."
    )

    @strawberry.field(description="An address that serves the bytes for five minutes. Null for callers who may not read documents.")
    def url(self, info: Info) -> URL | None:
        context = info.context
        if not context.clear:
            return None
        return URL(f"{context.public_url}/files/{link.for_file(context.deps, context.tenant_id, self.id)}")

    @classmethod
    def of(cls, row: Any) -> File:
        """Returns the file of a row. The row also holds the provider of its ingestion, if it has one."""
        provider = getattr(row, "provider", None)
        return cls(
            id=strawberry.ID(row.id),
            category=FileCategory(row.category),
            context=row.context,
            content_type=row.content_type,
            size=row.size,
            sha256=row.sha256,
            provider_details=JSON({DETAIL_OF_PROVIDER[ProviderName(provider)]: row.vendor_id} if provider else {}),
        )
