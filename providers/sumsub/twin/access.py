"""Twin handlers for tokens, links, health and digests."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from providers.sumsub import webhook
from providers.sumsub.twin.answer import Problem, json
from providers.sumsub.twin.desk import Call

TTL_SECONDS, SHARE_TTL_SECONDS = 600, 1200


async def sdk_token(call: Call) -> Response:
    given = call.json()
    return _token(call, given.get("userId"), given.get("levelName"), given.get("ttlInSecs", TTL_SECONDS))


async def sdk_token_by_query_or_body(call: Call) -> Response:
    given: dict[str, Any] = call.json() if call.body else dict(call.request.query_params)
    return _token(call, given.get("userId"), given.get("levelName"), given.get("ttlInSecs", TTL_SECONDS))


def _token(call: Call, user: Any, level: Any, ttl: Any) -> Response:
    if not isinstance(user, str) or not user:
        raise Problem(400, "userId is required")
    call.level(str(level))
    _seconds(ttl)
    call.twin.store.effects["sdk_token"] += 1
    return json({"token": f"_act-sbx-{call.twin.store.new_id('sdk')}", "userId": user})


async def hosted_link(call: Call) -> Response:
    given = call.json()
    return _link(call, given.get("userId"), given.get("levelName"), given.get("ttlInSecs", TTL_SECONDS))


async def hosted_link_by_query(call: Call) -> Response:
    level = call.request.path_params["level"]
    return _link(call, call.query("externalUserId"), level, call.query("ttlInSecs", needed=False) or TTL_SECONDS)


def _link(call: Call, user: Any, level: Any, ttl: Any) -> Response:
    if not isinstance(user, str) or not user:
        raise Problem(400, "userId is required")
    call.level(str(level))
    _seconds(ttl)
    token = f"sbx_{call.twin.store.new_id('link')}"
    call.twin.store.links[token] = user
    return json({"url": f"http://{call.request.headers.get('host', 'localhost')}/websdk/p/{token}"})


async def share_token(call: Call) -> Response:
    given = call.json()
    return _share(call, given.get("applicantId"), given.get("forClientId"), given.get("ttlInSecs", SHARE_TTL_SECONDS))


async def share_token_by_query(call: Call) -> Response:
    ttl = call.query("ttlInSecs", needed=False) or SHARE_TTL_SECONDS
    return _share(call, call.query("applicantId"), call.query("forClientId"), ttl)


def _share(call: Call, applicant_id: Any, client_id: Any, ttl: Any) -> Response:
    found = call.twin.store.applicants.get(str(applicant_id))
    if found is None:
        raise Problem(404, "Applicant not found")
    if not isinstance(client_id, str) or not client_id:
        raise Problem(400, "forClientId is required")
    _seconds(ttl)
    return json({"token": call.twin.store.share(found.scenario.name), "forClientId": client_id})


def _seconds(text: Any) -> int:
    try:
        seconds = int(text)
    except (TypeError, ValueError):
        seconds = 0
    if seconds <= 0:
        raise Problem(400, "ttlInSecs must be a positive number")
    return seconds


async def health(_: Call) -> Response:
    return Response(status_code=200)


async def digest(call: Call) -> Response:
    """Returns the SHA-1 digest of the body, as in Sumsub's example. Rejects JSON, because Sumsub expects text."""
    if call.request.headers.get("content-type", "").startswith("application/json"):
        raise Problem(400, "The body must be a text")
    return json({"digest": webhook.digest(call.query("secretKey").encode(), call.body, "HMAC_SHA1_HEX")})
