"""An integration at Veriff, and Veriff's dialect: signed ids and bodies, `fail` answers, signed answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.domain.process import KycProcess
from providers.call import Call, Facts, short, whole
from providers.veriff.signature import is_signed, sign

PROVIDER = "VERIFF"
# Veriff publishes no limits. This is the back-off after a 429 without a Retry-After.
WINDOW_SECONDS = 5.0
SIGNATURES = ("vrf-hmac-signature", "x-hmac-signature")
CLIENTS = ("vrf-auth-client", "x-auth-client")


@dataclass(frozen=True)
class Integration:
    """One set of keys. Several shared secrets are valid during a rotation; the first one signs."""

    name: str
    api_key: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    processes: tuple[KycProcess, ...] = tuple(KycProcess)


class VeriffDialect:
    provider = PROVIDER
    window_seconds = WINDOW_SECONDS

    def __init__(self, integration: Integration) -> None:
        self._integration = integration

    def sign(self, call: Call, target: str) -> Mapping[str, str]:
        payload = call.body if call.signed is None else call.signed.encode()
        return {
            "X-AUTH-CLIENT": self._integration.api_key,
            "X-HMAC-SIGNATURE": sign(self._integration.secrets[0], payload),
        }

    def facts(self, parsed: Mapping[str, Any]) -> Facts:
        code = parsed.get("code")
        number = whole(code) if not isinstance(code, str) else int(code) if code.isdecimal() and len(code) < 10 else None
        return Facts(number, short(code), None, short(parsed.get("message")))

    def authentic(self, headers: httpx.Headers, content: bytes) -> bool:
        """Returns True if every signature of the answer is valid, or if it has none, because older accounts do not sign."""
        given = [headers[name] for name in SIGNATURES if name in headers]
        return all(is_signed(self._integration.secrets, content, signature) for signature in given)
