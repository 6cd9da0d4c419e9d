"""Calls that import applicants shared by a partner or verified by the tenant earlier.

Source: API reference, "Importing an applicant", "Import applicants", "Import applicant with images by archive";
docs.sumsub.com, Reusable KYC. Share tokens work once, so calls that redeem one are never retried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.call import TRANSFER_SECONDS, Call, Caller, encoded, query


class Importing:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def reuse(self, share_token: str, user_id: str, level: str, *, source_key: str | None = None) -> bytes:
        """Redeems a share token against our level with Reusable KYC. Our own checks decide the verdict."""
        path = query(
            "/resources/api/reusableIdentity/reuse",
            shareToken=share_token,
            levelName=level,
            userId=user_id,
            sourceKey=source_key,
        )
        return (await self._caller.once(Call("reuse", "POST", path))).content

    async def preview(self, share_token: str, user_id: str, level: str, *, source_key: str | None = None) -> bytes:
        """Returns the expected result of `reuse` without redeeming the token."""
        path = query(
            "/resources/api/reusableIdentity/reuse/preview",
            shareToken=share_token,
            levelName=level,
            userId=user_id,
            sourceKey=source_key,
        )
        return await self._caller.read(Call("reuse-preview", "GET", path))

    async def copy(
        self,
        share_token: str,
        user_id: str | None = None,
        *,
        level: str | None = None,
        trust_review: bool = False,
        reset_steps: Sequence[str] = (),
    ) -> bytes:
        """Redeems a share token with Copy Applicant. `trust_review` keeps the donor's verdict. The applicant must submit
        `reset_steps` again."""
        path = query(
            "/resources/applicants/-/import",
            shareToken=share_token,
            resetIdDocSetTypes=",".join(reset_steps) or None,
            trustReview=trust_review,
            userId=user_id,
            levelName=level,
        )
        return (await self._caller.once(Call("import", "POST", path))).content

    async def completed(self, applicant: Mapping[str, Any], level: str | None = None) -> bytes:
        """Imports an applicant with a review that was completed earlier. Sumsub asks to be contacted before first use."""
        path = query("/resources/applicants/-/ingestCompleted", levelName=level)
        return (await self._caller.once(Call("import-completed", "POST", path, encoded(applicant), "application/json"))).content

    async def archive(self, archive: bytes) -> bytes:
        """Imports a zip archive: `applicant.json` with its review, and one folder with `applicantIdDoc.json` per document."""
        call = Call(
            "import-archive",
            "POST",
            "/resources/applicants/-/applicantImport",
            archive,
            "application/zip",
            deadline=TRANSFER_SECONDS,
        )
        return (await self._caller.once(call)).content
