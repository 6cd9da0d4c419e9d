"""Sumsub's documented authentication: three headers, a tolerance of one minute, error codes 4000 to 4007."""

from __future__ import annotations

import hmac

from starlette.requests import Request

from providers.sumsub.signature import sign
from providers.sumsub.twin.answer import Problem

TOLERANCE_SECONDS = 60


def check(request: Request, body: bytes, *, app_token: str, secret_key: str, now: float) -> None:
    """Raises Problem with the documented error code if a request is not signed correctly."""
    token = request.headers.get("x-app-token")
    timestamp = request.headers.get("x-app-access-ts")
    signature = request.headers.get("x-app-access-sig")
    if not token or not timestamp or not signature:
        raise Problem(401, "Not all required authorization headers were provided", 4006, "app-token-not-all-auth-params-provided")
    if ":" not in token:
        raise Problem(401, "Invalid format of X-App-Token value", 4000, "app-token-invalid-format")
    if not hmac.compare_digest(token.encode(), app_token.encode()):
        raise Problem(401, "App token doesn't exist", 4001, "app-token-not-found")
    if not timestamp.isdigit():
        raise Problem(401, "Invalid authentication header values", 4005, "app-token-invalid-value")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise Problem(401, "X-App-Access-Ts is out of the tolerance", 4004, "app-token-request-expired")
    path = request.scope["raw_path"].decode()
    query = request.scope["query_string"].decode()
    target = f"{path}?{query}" if query else path
    expected = sign(secret_key.encode(), timestamp, request.method, target, body)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise Problem(401, "Request signature mismatch", 4003, "app-token-signature mismatch")
