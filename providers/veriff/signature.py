"""Veriff's signature: lower-case hexadecimal HMAC-SHA256 under the integration's shared secret.

It covers the raw body of a call, or the id in the path if there is no body. Answers and webhooks are signed over their body.
Source: devdocs.veriff.com, "HMAC authentication and endpoint security".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable


def sign(secret: bytes, payload: bytes) -> str:
    return hmac.new(secret, payload, hashlib.sha256).hexdigest()


def is_signed(secrets: Iterable[bytes], payload: bytes, signature: str) -> bool:
    """Returns True if one of the secrets made the signature. Compares each in constant time."""
    given = signature.strip().lower().encode()
    return any(hmac.compare_digest(sign(secret, payload).encode(), given) for secret in secrets if secret)
