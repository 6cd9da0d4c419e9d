"""Uploads: announced here, then sent by PUT to the returned URL."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.context import Info
from api.errors import UserError, user_errors
from api.scalars import KEY, URL, given
from app.domain.credential import Right
from app.errors import UserFault, UserFaults
from app.service.document import upload
from app.service.document.upload import NewUpload


@strawberry.input(description="The input of `createUpload`.")
class CreateUploadInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer whose document it is.")
    content_type: str = strawberry.field(description="image/jpeg, image/png or application/pdf; the content is looked at.")
    size: int = strawberry.field(description="The size in bytes, from 102400 (100 KB) to 10485760 (10 MB).")
    sha256: str | None = strawberry.field(
        default=strawberry.UNSET, description="The SHA-256 of the bytes in lower-case hexadecimal, for checking what arrived."
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY)


@strawberry.type(description="An upload that waits for the bytes of a document.")
class Upload:
    id: strawberry.ID = strawberry.field(description="The upload's id, for `frontUploadId` and `backUploadId`.")
    url: URL = strawberry.field(description="PUT the bytes here, within the hour.")
    headers: JSON = strawberry.field(description="The headers to send with them.")
    expires_at: dt.datetime = strawberry.field(description="The time at which the address expires.")


@strawberry.type(description="The result of `createUpload`.")
class CreateUploadPayload:
    upload: Upload | None = strawberry.field(description="The upload; null if it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Reasons for a refusal, with nothing changed; empty on success.")


@strawberry.type
class UploadMutation:
    @strawberry.mutation(
        description="Announces a document's file and answers where to PUT its bytes. The answer to the PUT says at once whether "
        "the file can be used: 201, or a code and a message for the customer."
    )
    async def create_upload(
        self,
        info: Info,
        input: Annotated[CreateUploadInput, strawberry.argument(description="The customer, and the type and size of the file.")],
    ) -> CreateUploadPayload:
        context = info.context
        context.require_for(input.customer_id, Right.WRITE)
        new = NewUpload(input.customer_id, input.content_type, input.size, given(input.sha256), given(input.idempotency_key))
        try:
            upload_id = await upload.create(context.deps, context.tenant_id, new)
        except (UserFault, UserFaults) as refusal:
            return CreateUploadPayload(upload=None, user_errors=user_errors(refusal))
        row = await context.loaders.upload_by_id.load(upload_id)
        assert row is not None
        made = Upload(
            id=strawberry.ID(upload_id),
            url=URL(f"{context.public_url}/uploads/{upload.token(context.deps, row)}"),
            headers=JSON({"Content-Type": row.content_type}),
            expires_at=row.expires_at,
        )
        return CreateUploadPayload(upload=made, user_errors=[])
