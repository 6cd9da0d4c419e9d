"""Sumsub webhooks: authenticated by a digest over the raw bytes, and used only as a hint to refresh.

Source: API reference, "Verifying webhook sender" and "Webhooks". A delivery without the algorithm's header means SHA-256.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection, Mapping

from app.domain.drift import DriftKind, clean, unknown
from app.domain.inbound import Notice
from app.domain.normal import date
from providers.sumsub import vocabulary
from providers.tree import Tree

ALGORITHMS = {"HMAC_SHA1_HEX": hashlib.sha1, "HMAC_SHA256_HEX": hashlib.sha256, "HMAC_SHA512_HEX": hashlib.sha512}
DEFAULT = "HMAC_SHA256_HEX"
UNREADABLE = "unreadable"
# Events that concern more than the review: presence, level, personal data.
ABOUT_THE_PROFILE = frozenset({
    "applicantPersonalInfoChanged", "applicantDeactivated", "applicantActivated", "applicantDeleted",
    "applicantPersonalDataDeleted", "applicantLevelChanged", "applicantReset", "applicantStepsReset", "applicantTagsChanged",
})  # fmt: skip


def digest(secret: bytes, body: bytes, algorithm: str = DEFAULT) -> str:
    """Returns the value of `x-payload-digest`. Raises KeyError for an unsupported algorithm."""
    return hmac.new(secret, body, ALGORITHMS[algorithm]).hexdigest()


def authentic(headers: Mapping[str, str], body: bytes, *, secret: bytes, allowed: Collection[str]) -> bool:
    """Returns True if the digest is correct, compared in constant time. Returns False if no secret is set."""
    algorithm = headers.get("x-payload-digest-alg", DEFAULT)
    given = headers.get("x-payload-digest", "")
    if not secret or not given or algorithm not in ALGORITHMS or algorithm not in allowed:
        return False
    return hmac.compare_digest(digest(secret, body, algorithm).encode(), given.encode())


def read(body: bytes) -> Notice:
    """Returns the notice in a delivery. Repeated deliveries of one event have the same identity, even if their bytes differ."""
    event = Tree.parse(body)
    type_ = event.at("type").text
    subject, stamp, correlation = (event.at(key).text for key in ("applicantId", "createdAtMs", "correlationId"))
    known = (subject, type_, stamp, correlation)
    whole = all(part is not None for part in known)
    return Notice(
        type=clean(type_ or UNREADABLE)[:80],
        identity="\n".join(map(str, known)).encode() if whole else body,
        subject=subject,
        external_id=event.at("externalUserId").text,
        sent_at=_moment(stamp) or date.moment(event.at("createdAt").value),
        thorough=type_ in ABOUT_THE_PROFILE,
        unknown=unknown(DriftKind.EVENT_TYPE, "type", type_ or UNREADABLE, vocabulary.words("eventTypes")),
    )


def _moment(stamp: str | None) -> dt.datetime | None:
    return date.moment(stamp) if stamp else None
