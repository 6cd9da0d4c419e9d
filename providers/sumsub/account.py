"""Sumsub account and wire dialect: signed headers, error bodies, rate limits per five seconds.

Source: Sumsub API reference, "Authentication" and "Errors"; docs.sumsub.com/reference/authentication.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from providers.call import Call, Facts, short, whole
from providers.sumsub.signature import sign

PROVIDER = "SUMSUB"
# Back-off after a 429 without Retry-After: Sumsub counts requests in windows of five seconds.
WINDOW_SECONDS = 5.0


@dataclass(frozen=True)
class Account:
    """One Sumsub account. The token and the secret key are excluded from `repr`."""

    base_url: str
    app_token: str = field(repr=False)
    secret_key: bytes = field(repr=False)
    level: str


class SumsubDialect:
    provider = PROVIDER
    window_seconds = WINDOW_SECONDS

    def __init__(self, account: Account, epoch: Callable[[], float]) -> None:
        self._account = account
        self._epoch = epoch

    def sign(self, call: Call, target: str) -> Mapping[str, str]:
        timestamp = str(int(self._epoch()))
        return {
            "X-App-Token": self._account.app_token,
            "X-App-Access-Ts": timestamp,
            "X-App-Access-Sig": sign(self._account.secret_key, timestamp, call.method, target, call.body),
        }

    def facts(self, parsed: Mapping[str, Any]) -> Facts:
        code, name, correlation, description = map(parsed.get, ("errorCode", "errorName", "correlationId", "description"))
        return Facts(whole(code), short(name), short(correlation), short(description))

    def authentic(self, headers: httpx.Headers, content: bytes) -> bool:
        return True
