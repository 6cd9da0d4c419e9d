"""Webhooks as vendors send them, for posting by hand."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from typing import Any

import httpx
import orjson

from tests.make.firm import Firm

_numbers = itertools.count(1)
HASHES = {"HMAC_SHA1_HEX": hashlib.sha1, "HMAC_SHA256_HEX": hashlib.sha256, "HMAC_SHA512_HEX": hashlib.sha512}


def sumsub_body(applicant_id: str, type_: str = "applicantReviewed", **more: Any) -> bytes:
    """A fresh event each time: its time and correlation id differ."""
    number = next(_numbers)
    content = {
        "applicantId": applicant_id,
        "type": type_,
        "correlationId": f"req-{number}",
        "createdAtMs": f"2026-11-21 10:00:{number % 60:02d}.{number % 1000:03d}",
        "reviewStatus": "completed",
        **more,
    }
    return orjson.dumps(content)


def sumsub_headers(firm: Firm, body: bytes, algorithm: str | None = "HMAC_SHA256_HEX", secret: str | None = None) -> dict[str, str]:
    return digest_headers(firm.options.webhook_secret if secret is None else secret, body, algorithm)


def digest_headers(secret: str, body: bytes, algorithm: str | None = "HMAC_SHA256_HEX") -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, HASHES[algorithm or "HMAC_SHA256_HEX"]).hexdigest()
    return {"X-Payload-Digest": digest, **({"X-Payload-Digest-Alg": algorithm} if algorithm else {})}


async def post_sumsub(firm: Firm, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return await firm.http.post(
        "/webhooks/sumsub", content=body, headers=sumsub_headers(firm, body) if headers is None else headers
    )


def veriff_headers(
    firm: Firm, body: bytes, integration: str = "default", families: tuple[str, ...] = ("x", "vrf")
) -> dict[str, str]:
    keys = firm.veriff.integrations[integration]
    signature = hmac.new(keys.secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        name: value
        for family in families
        for name, value in ((f"{family}-auth-client", keys.api_key), (f"{family}-hmac-signature", signature))
    }


async def sent(firm: Firm, vendor: str = "sumsub", after: int = 0) -> list[dict[str, Any]]:
    """The webhooks a twin has made."""
    url = firm.twin_url if vendor == "sumsub" else f"http://127.0.0.1:{firm.veriff_port}"
    return (await firm.http.get(f"{url}/_twin/webhooks", params={"after": after})).json()  # type: ignore[no-any-return]
