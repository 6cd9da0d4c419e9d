"""Tokens and links for Sumsub's SDKs, its hosted page, and sharing an applicant with a partner.

Source: API reference, "Access tokens for SDKs" and "Sharing applicants"; the newer forms come from docs.sumsub.com.
Tokens are opaque strings of at most 1 KB and are never parsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.call import Call, Caller, encoded, query, segment

JSON = "application/json"
TTL_SECONDS = 600
SHARE_TTL_SECONDS = 1200


class Access:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def sdk_token(
        self,
        user_id: str,
        level: str,
        *,
        ttl_seconds: int = TTL_SECONDS,
        identifiers: Mapping[str, str] | None = None,
        action_id: str | None = None,
    ) -> bytes:
        """Creates an SDK token with the current form. `identifiers`: the applicant's `email` and `phone`.
        Returns `{token, userId}`."""
        content: dict[str, Any] = {"userId": user_id, "levelName": level, "ttlInSecs": ttl_seconds}
        if identifiers:
            content["applicantIdentifiers"] = dict(identifiers)
        if action_id is not None:
            content["externalActionId"] = action_id
        return await self._post("sdk-token", "/resources/accessTokens/sdk", content)

    async def sdk_token_by_query(
        self, user_id: str, level: str, *, ttl_seconds: int = TTL_SECONDS, action_id: str | None = None
    ) -> bytes:
        """Creates an SDK token with the oldest form, used by accounts that were never migrated to the current one."""
        path = query("/resources/accessTokens", userId=user_id, levelName=level, ttlInSecs=ttl_seconds, externalActionId=action_id)
        return (await self._caller.once(Call("sdk-token-by-query", "POST", path))).content

    async def sdk_token_by_body(
        self, user_id: str, level: str, *, ttl_seconds: int = TTL_SECONDS, action_id: str | None = None
    ) -> bytes:
        """Creates an SDK token with the older form that has a body."""
        content = {"userId": user_id, "levelName": level, "ttlInSecs": ttl_seconds}
        if action_id is not None:
            content["externalActionId"] = action_id
        return await self._post("sdk-token-by-body", "/resources/accessTokens", content)

    async def hosted_link(
        self,
        user_id: str,
        level: str,
        *,
        ttl_seconds: int,
        identifiers: Mapping[str, str] | None = None,
        redirect: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Creates a link to the hosted page with the current form. `redirect`: `successUrl`, `rejectUrl`, `signKey`,
        `allowedQueryParams`. Returns `{url}`."""
        content: dict[str, Any] = {"levelName": level, "userId": user_id, "ttlInSecs": ttl_seconds}
        if identifiers:
            content["applicantIdentifiers"] = dict(identifiers)
        if redirect:
            content["redirect"] = dict(redirect)
        return await self._post("hosted-link", "/resources/sdkIntegrations/levels/-/websdkLink", content)

    async def hosted_link_by_query(self, user_id: str, level: str, *, ttl_seconds: int, lang: str | None = None) -> bytes:
        """Creates a link to the hosted page with the older form, which has the level in the path."""
        path = f"/resources/sdkIntegrations/levels/{segment(level)}/websdkLink"
        path = query(path, ttlInSecs=ttl_seconds, externalUserId=user_id, lang=lang)
        return (await self._caller.once(Call("hosted-link-by-query", "POST", path))).content

    async def share_token(self, applicant_id: str, client_id: str, *, ttl_seconds: int = SHARE_TTL_SECONDS) -> bytes:
        """Creates a token that lets the client `client_id` import the applicant once. Returns `{token, forClientId}`."""
        content = {"applicantId": applicant_id, "forClientId": client_id, "ttlInSecs": ttl_seconds}
        return await self._post("share-token", "/resources/accessTokens/shareToken", content)

    async def share_token_by_query(self, applicant_id: str, client_id: str, *, ttl_seconds: int = SHARE_TTL_SECONDS) -> bytes:
        """Creates a share token with the older form."""
        path = query("/resources/accessTokens/-/shareToken", applicantId=applicant_id, forClientId=client_id, ttlInSecs=ttl_seconds)
        return (await self._caller.once(Call("share-token-by-query", "POST", path))).content

    async def _post(self, operation: str, path: str, content: Any) -> bytes:
        return (await self._caller.once(Call(operation, "POST", path, encoded(content), JSON))).content
