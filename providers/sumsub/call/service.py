"""Health check and webhook digest test.

Source: API reference, "API Health" and "Verifying webhook sender".
"""

from __future__ import annotations

from providers.call import Answer, Call, Caller, query


class Service:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def health(self) -> Answer:
        """Checks that the API is up and our credentials are valid. The `Date` header of the response holds Sumsub's clock."""
        return await self._caller.once(Call("health", "GET", "/resources/status/api", json=False))

    async def digest(self, secret: str, text: bytes) -> bytes:
        """Returns Sumsub's own digest of `text` under a webhook secret: `{digest}`."""
        path = query("/resources/inspectionCallbacks/testDigest", secretKey=secret)
        return (await self._caller.once(Call("digest-test", "POST", path, text, "text/plain"))).content
