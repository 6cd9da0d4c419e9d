"""Veriff's client: every documented call of one integration.

Source: devdocs.veriff.com, API reference. GET and DELETE are signed over the id in the path, everything else over the body.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx

from app.domain.provider import CallBudget, Download
from providers.call import TRANSFER_SECONDS, Answer, Call, Caller, encoded, segment
from providers.veriff.account import Integration, VeriffDialect

JSON = "application/json"
# Synchronous registry checks have a host of their own.
SYNC_BASE_URL = "https://sync-api.veriff.me"


class Client:
    """The client of one integration. `base_url` may end in `/v1` or not, because the customer portal shows both forms."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        integration: Integration,
        base_url: str,
        budget: CallBudget,
        *,
        sync_base_url: str = SYNC_BASE_URL,
    ) -> None:
        dialect = VeriffDialect(integration)
        self.integration = integration
        self._caller = Caller(http, dialect, base_url.rstrip("/").removesuffix("/v1"), budget)
        self._sync = Caller(http, dialect, sync_base_url, budget)

    async def create_session(
        self,
        *,
        vendor_data: str | None = None,
        end_user_id: str | None = None,
        callback: str | None = None,
        person: Mapping[str, Any] | None = None,
        document: Mapping[str, Any] | None = None,
        address: Mapping[str, Any] | None = None,
        proof_of_address: Sequence[str] = (),
        consents: Sequence[Mapping[str, Any]] = (),
    ) -> bytes:
        """Creates a session. Never retries, because a session is billable once it is decided.

        Veriff repeats `vendor_data` in every answer. `proof_of_address` limits the acceptable document types.
        Returns `{verification: {id, url, sessionToken, …}}`.
        """
        given: dict[str, Any] = {
            "callback": callback,
            "person": dict(person) if person else None,
            "document": dict(document) if document else None,
            "address": dict(address) if address else None,
            "proofOfAddress": {"acceptableTypes": [{"name": name} for name in proof_of_address]} if proof_of_address else None,
            "vendorData": vendor_data,
            "endUserId": end_user_id,
            "consents": [dict(consent) for consent in consents] or None,
        }
        content = {"verification": {name: value for name, value in given.items() if value is not None}}
        return await self._send("create-session", "POST", "/v1/sessions", content)

    async def submit_session(self, session_id: str) -> bytes:
        """Submits a session, so that Veriff begins to check it."""
        content = {"verification": {"status": "submitted"}}
        return await self._send("submit-session", "PATCH", _place(session_id), content)

    async def delete_session(self, session_id: str) -> bytes:
        """Deletes a session with its data. Veriff must enable this, and allows it only for finished or unused sessions."""
        call = Call("delete-session", "DELETE", _place(session_id), signed=session_id)
        return (await self._caller.once(call)).content

    async def add_media(self, session_id: str, context: str, content: bytes, *, timestamp: str | None = None) -> bytes:
        """Adds one picture or PDF, of at most about 17 MB, to a session that is not submitted yet."""
        image = {"context": context, "content": base64.b64encode(content).decode(), "timestamp": timestamp}
        body = encoded({"image": {name: value for name, value in image.items() if value is not None}})
        call = Call("add-media", "POST", f"{_place(session_id)}/media", body, JSON, deadline=TRANSFER_SECONDS)
        return (await self._caller.once(call)).content

    async def add_collected_data(self, session_id: str, data: Mapping[str, Any]) -> bytes:
        """Adds data collected from the applicant's device."""
        return await self._send("add-collected-data", "POST", f"{_place(session_id)}/collected-data", dict(data))

    async def decision(self, session_id: str) -> bytes:
        """Returns `{status, verification}`. `verification: null` means that there is no decision yet."""
        return await self._read("decision", session_id, "decision")

    async def full_auto_decision(self, session_id: str) -> bytes:
        return await self._read("full-auto-decision", session_id, "decision/fullauto")

    async def person(self, session_id: str) -> bytes:
        return await self._read("person", session_id, "person")

    async def attempts(self, session_id: str) -> bytes:
        return await self._read("attempts", session_id, "attempts")

    async def media(self, session_id: str) -> bytes:
        """Returns the media of the latest attempt, best first."""
        return await self._read("session-media", session_id, "media")

    async def watchlist_screening(self, session_id: str) -> bytes:
        return await self._read("watchlist-screening", session_id, "watchlist-screening")

    async def attempt_media(self, attempt_id: str) -> bytes:
        call = Call("attempt-media", "GET", f"/v1/attempts/{segment(attempt_id)}/media", signed=attempt_id)
        return await self._caller.read(call)

    def file(self, media_id: str) -> AbstractAsyncContextManager[Download]:
        """Opens one picture, document or video for streaming. Signs the media id and ignores the URL in the media list."""
        return self._caller.stream(Call("media", "GET", f"/v1/media/{segment(media_id)}", signed=media_id, json=False))

    async def validate_registry(self, session_id: str, data: Mapping[str, Any]) -> bytes:
        """Requests a check of the session's applicant in a government registry. The result follows by webhook."""
        return await self._send("validate-registry", "POST", f"{_place(session_id)}/validate-registry", dict(data))

    async def validate_registry_at_once(self, data: Mapping[str, Any]) -> bytes:
        """Returns the result of a synchronous check in a government registry."""
        call = Call("validate-registry-at-once", "POST", "/v1/validate-registry", encoded(dict(data)), JSON)
        return (await self._sync.once(call)).content

    async def probe(self, session_id: str) -> Answer:
        """Reads a decision once, with its headers, to check that the keys are valid."""
        return await self._caller.once(Call("decision", "GET", f"{_place(session_id)}/decision", signed=session_id))

    async def _read(self, operation: str, session_id: str, what: str) -> bytes:
        return await self._caller.read(Call(operation, "GET", f"{_place(session_id)}/{what}", signed=session_id))

    async def _send(self, operation: str, method: str, path: str, content: Any) -> bytes:
        return (await self._caller.once(Call(operation, method, path, encoded(content), JSON))).content


def _place(session_id: str) -> str:
    return f"/v1/sessions/{segment(session_id)}"
