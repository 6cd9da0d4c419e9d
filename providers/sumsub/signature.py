"""Sumsub's request signature: hexadecimal HMAC-SHA256 over timestamp, method, path with query, and the raw body.

Source: Sumsub API reference, "Authentication"; docs.sumsub.com/reference/authentication.
"""

from __future__ import annotations

import hashlib
import hmac


def sign(secret: bytes, timestamp: str, method: str, path_and_query: str, body: bytes) -> str:
    """Returns the value of `X-App-Access-Sig`. `path_and_query` and `body` must match the sent bytes exactly."""
    message = timestamp.encode() + method.upper().encode() + path_and_query.encode() + body
    return hmac.new(secret, message, hashlib.sha256).hexdigest()
