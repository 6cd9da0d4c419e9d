"""Calls that read the status and reasons of reviews and request new checks.

Source: API reference, "Getting verification results" to "Requesting an applicant check", and the sandbox's verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence

from providers.call import Call, Caller, encoded, query, segment


class Reviews:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def status(self, applicant_id: str) -> bytes:
        return await self._caller.read(Call("review-status", "GET", f"/resources/applicants/{segment(applicant_id)}/status"))

    async def steps(self, applicant_id: str) -> bytes:
        """Returns, per step, the document that satisfied it, its images and their verdicts. Null for steps without a submission."""
        path = f"/resources/applicants/{segment(applicant_id)}/requiredIdDocsStatus"
        return await self._caller.read(Call("steps-status", "GET", path))

    async def moderation_states(self, applicant_id: str) -> bytes:
        """Returns the ids of the buttons that the reviewer pressed, per image and for the applicant as a whole."""
        path = f"/resources/moderationStates/-;applicantId={segment(applicant_id)}"
        return await self._caller.read(Call("moderation-states", "GET", path))

    async def request_check(self, applicant_id: str, *, reason: str | None = None, reason_code: str | None = None) -> bytes:
        """Requests a first or further check, which is billable. `reason_code` selects a flow configured in the account."""
        path = query(f"/resources/applicants/{segment(applicant_id)}/status/pending", reason=reason, reasonCode=reason_code)
        return (await self._caller.once(Call("request-check", "POST", path, json=False))).content

    async def set_sandbox_verdict(
        self,
        applicant_id: str,
        answer: str,
        *,
        labels: Sequence[str] = (),
        reject_type: str | None = None,
        client_comment: str | None = None,
        moderation_comment: str | None = None,
    ) -> bytes:
        """Sets a verdict. Works in the sandbox only, where no review ends by itself."""
        given = {
            "reviewAnswer": answer,
            "rejectLabels": list(labels),
            "reviewRejectType": reject_type,
            "clientComment": client_comment,
            "moderationComment": moderation_comment,
        }
        content = encoded({name: value for name, value in given.items() if value is not None})
        path = f"/resources/applicants/{segment(applicant_id)}/status/testCompleted"
        return (await self._caller.once(Call("sandbox-verdict", "POST", path, content, "application/json", json=False))).content
