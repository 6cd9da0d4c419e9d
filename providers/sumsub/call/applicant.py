"""Calls that create, read, change and classify applicants.

Source: API reference, "Applicants API". Responses keep fields that the vendor adds later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.provider import CallKind
from providers.call import Call, Caller, encoded, query, segment

JSON = "application/json"


class Applicants:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def create(
        self,
        external_id: str,
        level: str,
        *,
        fixed_info: Mapping[str, Any] | None = None,
        email: str | None = None,
        phone: str | None = None,
        lang: str | None = None,
        source_key: str | None = None,
        metadata: Sequence[Mapping[str, str]] = (),
    ) -> bytes:
        """Creates an applicant under our external id. Never retries, because the call is billable. `fixed_info` holds the data
        that the tenant declares (names, dates, `addresses`); Sumsub compares it with the documents.
        `metadata`: `[{"key": …, "value": …}]`."""
        given = {
            "externalUserId": external_id,
            "email": email,
            "phone": phone,
            "lang": lang,
            "sourceKey": source_key,
            "fixedInfo": dict(fixed_info) if fixed_info else None,
            "metadata": [dict(entry) for entry in metadata] or None,
        }
        path = query("/resources/applicants", levelName=level)
        return await self._send("create", "POST", path, {name: value for name, value in given.items() if value is not None})

    async def read(self, applicant_id: str) -> bytes:
        return await self._caller.read(Call("applicant", "GET", f"{_place(applicant_id)}/one"))

    async def read_by_external_id(self, external_id: str) -> bytes:
        path = f"/resources/applicants/-;externalUserId={segment(external_id)}/one"
        return await self._caller.read(Call("applicant-by-external-id", "GET", path))

    async def change_level(self, applicant_id: str, level: str) -> bytes:
        """Moves the applicant to another level, which changes the required steps. Sumsub refuses this while a check is running."""
        path = query(f"{_place(applicant_id)}/moveToLevel", name=level)
        return (await self._caller.once(Call("change-level", "POST", path))).content

    async def required_documents(self, applicant_id: str) -> bytes:
        """Returns the documents that the applicant's level requires. Sumsub requires POST, although nothing changes."""
        return (await self._caller.once(Call("required-documents", "POST", f"{_place(applicant_id)}/requiredIdDocs"))).content

    async def change_fixed_info(self, applicant_id: str, changes: Mapping[str, Any]) -> bytes:
        """Changes the given fields of the declared data and keeps the others."""
        return await self._send("change-fixed-info", "PATCH", f"{_place(applicant_id)}/fixedInfo", dict(changes), json=False)

    async def change_top_level(self, applicant_id: str, changes: Mapping[str, Any]) -> bytes:
        """Changes `email`, `phone`, `externalUserId`, `sourceKey`, `lang`, `questionnaires`, `metadata`. Null changes nothing."""
        return await self._send("change-top-level", "PATCH", "/resources/applicants/", {**changes, "id": applicant_id})

    async def block(self, applicant_id: str, note: str) -> bytes:
        """Adds the applicant to the tenant's blocklist. Error 5000 means already listed."""
        return (await self._caller.once(Call("block", "POST", query(f"{_place(applicant_id)}/blacklist", note=note)))).content

    async def set_presence(self, applicant_id: str, *, active: bool) -> bytes:
        """Activates or deactivates the profile. Sumsub's duplicate search ignores deactivated profiles."""
        path = f"{_place(applicant_id)}/presence/{'activated' if active else 'deactivated'}"
        return (await self._caller.once(Call("set-presence", "PATCH", path, json=False))).content

    async def set_risk_level(self, applicant_id: str, level: str, comment: str) -> bytes:
        """Sets the risk level: unknown, low, medium or high. The app token needs a separate permission for this."""
        content = {"comment": comment, "riskLevel": level}
        return await self._send("set-risk-level", "POST", f"{_place(applicant_id)}/riskLevel/entries", content)

    async def add_tags(self, applicant_id: str, tags: Sequence[str]) -> bytes:
        """Adds tags, which must exist in the account's settings."""
        return await self._send("add-tags", "POST", f"{_place(applicant_id)}/tags", list(tags), json=False)

    async def reset(self, applicant_id: str) -> bytes:
        """Resets the applicant, who must then submit every step again."""
        return (await self._caller.once(Call("reset", "POST", f"{_place(applicant_id)}/reset", json=False))).content

    async def reset_step(self, applicant_id: str, step: str) -> bytes:
        path = f"{_place(applicant_id)}/resetStep/{segment(step)}"
        return (await self._caller.once(Call("reset-step", "POST", path, json=False))).content

    async def aml_case(self, applicant_id: str) -> bytes:
        """Returns the newest active case of Sumsub's own screening, at most ten calls a minute. 404 if no screening was run."""
        path = f"/resources/api/applicants/{segment(applicant_id)}/amlCase"
        return await self._caller.read(Call("aml-case", "GET", path, counted=CallKind.SCREENING))

    async def _send(self, operation: str, method: str, path: str, content: Any, *, json: bool = True) -> bytes:
        return (await self._caller.once(Call(operation, method, path, encoded(content), JSON, json=json))).content


def _place(applicant_id: str) -> str:
    return f"/resources/applicants/{segment(applicant_id)}"
