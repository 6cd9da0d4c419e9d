"""Applicants that come from elsewhere: shared by a partner, or from the firm's own past.

Source: API reference, "Importing an applicant", "Import applicants", "Import applicant with images by archive";
docs.sumsub.com, Reusable KYC. Share tokens work once: none of these calls is ever repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from providers.call import TRANSFER_SECONDS, Call, Caller, encoded, query


class Importing:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def reuse(self, share_token: str, user_id: str, level: str, *, source_key: str | None = None) -> bytes:
        """Reusable KYC: redeems a share token against our level; the recipient's own checks decide."""
        path = query(
            "/resources/api/reusableIdentity/reuse",
            shareToken=share_token,
            levelName=level,
            userId=user_id,
            sourceKey=source_key,
        )
        return (await self._caller.once(Call("reuse", "POST", path))).content

    async def preview(self, share_token: str, user_id: str, level: str, *, source_key: str | None = None) -> bytes:
        """What `reuse` would do, without doing it."""
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
        """Copy Applicant. With `trust_review` the donor's verdict stays; `reset_steps` must be given again."""
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
        """An applicant with its review, decided in the firm's past. Sumsub asks to be told before this is used."""
        path = query("/resources/applicants/-/ingestCompleted", levelName=level)
        return (await self._caller.once(Call("import-completed", "POST", path, encoded(applicant), "application/json"))).content

    async def archive(self, archive: bytes) -> bytes:
        """A zip archive: `applicant.json` with its review, and a folder with `applicantIdDoc.json` per document."""
        call = Call(
            "import-archive",
            "POST",
            "/resources/applicants/-/applicantImport",
            archive,
            "application/zip",
            deadline=TRANSFER_SECONDS,
        )
        return (await self._caller.once(call)).content
