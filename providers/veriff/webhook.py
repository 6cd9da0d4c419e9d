"""Veriff's webhooks: signed over the raw bytes with the integration's shared secret, used only to trigger a refresh.

Source: devdocs.veriff.com, webhooks. They have no event id and no time of their own, so the content identifies a delivery.
Headers come as `x-…`, as `vrf-…`, or as both. If both are present, both must be valid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.domain.drift import DriftKind, clean, unknown
from app.domain.inbound import Notice
from app.domain.normal import date
from providers.tree import Tree
from providers.veriff import vocabulary
from providers.veriff.account import CLIENTS, SIGNATURES, Integration
from providers.veriff.signature import is_signed

UNREADABLE = "unreadable"


def authentic(headers: Mapping[str, str], body: bytes, integrations: Collection[Integration]) -> bool:
    """Returns True if every signature is valid under the secrets of the integration that the headers name.

    Accepts the secrets of any integration if they name none. Returns False without a signature.
    """
    signatures = [headers[name] for name in SIGNATURES if name in headers]
    named = {headers[name] for name in CLIENTS if name in headers}
    if not signatures or len(named) > 1:
        return False
    fitting = [item for item in integrations if not named or item.api_key in named]
    secrets = [secret for item in fitting for secret in item.secrets]
    return bool(secrets) and all(is_signed(secrets, body, signature) for signature in signatures)


def read(body: bytes) -> Notice:
    """Returns the notice of a delivery: its type, session, identity and time."""
    event = Tree.parse(body)
    type_, subject, parts = _kind(event)
    whole = subject is not None and all(part is not None for part in parts)
    decision = event.at("verification")
    return Notice(
        type=clean(type_)[:80],
        identity="\n".join([type_, str(subject), *map(str, parts)]).encode() if whole else body,
        subject=subject,
        external_id=(decision or event).at("vendorData").text,
        sent_at=date.moment(decision.at("decisionTime").value) or date.moment(event.at("createdAt").value),
        thorough=True,
        unknown=unknown(DriftKind.EVENT_TYPE, "type", type_, vocabulary.words("eventTypes")),
    )


def _kind(event: Tree) -> tuple[str, str | None, tuple[str | None, ...]]:
    """Returns the event type, the session id, and the values that distinguish this delivery from others of its type."""
    decision = event.at("verification")
    if decision.at("id").text:
        parts = tuple(decision.at(key).text for key in ("attemptId", "status", "decisionTime"))
        return f"decision.{decision.at('status').text}", decision.at("id").text, parts
    if event.at("action").text:
        parts = (event.at("attemptId").text, event.at("code").id)
        return f"event.{event.at('action').text}", event.at("id").text, parts
    session = event.at("sessionId").text or event.at("data", "verification", "id").text or event.at("id").text
    if event.at("checkType").text:
        parts = tuple(event.at(key).text for key in ("attemptId", "matchStatus", "createdAt"))
        return f"watchlist.{event.at('checkType').text}", session, parts
    if event.at("eventType").text:
        return str(event.at("eventType").text), session, (event.at("attemptId").text, event.at("time").text)
    return UNREADABLE, session, (None,)
