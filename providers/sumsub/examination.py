"""Diagnostics for a Sumsub account's configuration. No call changes anything."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Callable
from email.utils import parsedate_to_datetime

from app.domain.examination import Finding, bad, good, unsure
from app.errors import Answered, VendorFault
from providers.sumsub import webhook
from providers.sumsub.client import Client
from providers.tree import Tree

# Sumsub rejects timestamps that are off by more than a minute. The doctor reports more than 20 seconds.
CLOCK_LIMIT, CLOCK_WARNING = 60.0, 20.0
# An id that no applicant has. Reading it shows the token's permissions without accessing any applicant.
NOBODY = "000000000000000000000000"
PROBE = b"gatehouse doctor"
DASHBOARD = "in Sumsub's dashboard, Dev space"
CREDENTIALS: dict[int, tuple[str, str]] = {
    4000: ("the app token has a wrong form", "Copy GATEHOUSE_SUMSUB_APP_TOKEN again; it has two parts around a dot."),
    4001: ("the app token does not exist there", f"Create one {DASHBOARD}; a sandbox token works in the sandbox only."),
    4002: ("the app token's private part is wrong", "Copy GATEHOUSE_SUMSUB_APP_TOKEN again, whole."),
    4003: ("the signature is not right", "Copy GATEHOUSE_SUMSUB_SECRET_KEY again; it belongs to this very app token."),
    4004: ("our clock is off by more than a minute", "Set the server's clock by NTP."),
}


async def examine(client: Client, *, webhook_secret: bytes, epoch: Callable[[], float]) -> AsyncIterator[Finding]:
    """Yields findings, credentials and clock first. Stops after a failed credential check, because every other check needs it."""
    try:
        answer = await client.service.health()
    except Answered as fault:
        yield _refused(fault)
        return
    except VendorFault as fault:
        yield bad("sumsub: reachable", str(fault), "Check GATEHOUSE_SUMSUB_BASE_URL, DNS and the firewall.")
        return
    yield good("sumsub: credentials", "a signed call was answered")
    yield _clock(answer.headers.get("date"), epoch())
    yield await _permission(client)
    yield await _level(client)
    yield await _webhook_secret(client, webhook_secret)


def _refused(fault: Answered) -> Finding:
    seen, remedy = CREDENTIALS.get(
        fault.vendor_code or 0,
        (
            f"answered {fault.status}",
            "Check GATEHOUSE_SUMSUB_APP_TOKEN and _SECRET_KEY, and the token's IP allow-list.",
        ),
    )
    return bad("sumsub: credentials", f"{seen} (error {fault.vendor_code}, {fault.correlation_id})", remedy)


def _clock(date: str | None, now: float) -> Finding:
    try:
        off = abs(parsedate_to_datetime(date or "").timestamp() - now)
    except ValueError:
        return unsure("sumsub: clock", "the answer tells no time", "Make sure that the server's clock is set by NTP.")
    if off > CLOCK_WARNING:
        return bad("sumsub: clock", f"off by {off:.0f} s; {CLOCK_LIMIT:.0f} s are tolerated", "Set the server's clock by NTP.")
    return good("sumsub: clock", f"off by {off:.0f} s")


async def _permission(client: Client) -> Finding:
    """Checks the read permission with an unknown applicant id: 400 or 404 means granted, any other error response means denied."""
    try:
        await client.applicants.read(NOBODY)
    except Answered as fault:
        if fault.status in (400, 404):
            return good("sumsub: permissions", "applicants may be viewed")
        remedy = f"Give the app token the permissions to view applicants and their personal data {DASHBOARD}."
        return bad("sumsub: permissions", f"applicants may not be viewed ({fault.status})", remedy)
    except VendorFault as fault:
        return unsure("sumsub: permissions", str(fault), "Run the doctor again.")
    return good("sumsub: permissions", "applicants may be viewed")


async def _level(client: Client) -> Finding:
    """Checks the level by previewing the reuse of an invalid token. Sumsub rejects an unknown level before the token."""
    check, remedy = "sumsub: level", "Set GATEHOUSE_SUMSUB_LEVEL to a level's exact name; names are case-sensitive."
    try:
        await client.importing.preview("gatehouse-doctor", "gatehouse-doctor", client.level)
    except Answered as fault:
        if fault.status in (400, 404) and "level" in f"{fault.description} {fault.vendor_name}".lower():
            return bad(check, f"the account has no level {client.level!r}", remedy)
        if fault.status == 401 or fault.vendor_code in (10503, 10504):
            return good(check, f"{client.level!r} is accepted")
        return unsure(check, f"{client.level!r} could not be checked ({fault.status})", remedy)
    except VendorFault as fault:
        return unsure(check, str(fault), "Run the doctor again.")
    return good(check, f"{client.level!r} is accepted")


async def _webhook_secret(client: Client, secret: bytes) -> Finding:
    """Compares our webhook digest with Sumsub's digest test, for every supported algorithm."""
    check = "sumsub: webhook secret"
    if not secret:
        return bad(check, "none is set: every webhook is refused", "Set GATEHOUSE_SUMSUB_WEBHOOK_SECRET.")
    try:
        theirs = Tree.parse(await client.service.digest(secret.decode(), PROBE)).at("digest").text or ""
    except VendorFault as fault:
        return unsure(check, f"the digest test did not answer: {fault}", "Resend a webhook from the dashboard and look at the log.")
    for algorithm in webhook.ALGORITHMS:
        if hmac.compare_digest(webhook.digest(secret, PROBE, algorithm), theirs.lower()):
            seen = f"both sides compute the same digest ({algorithm}); that it is this webhook's own shows with the first one"
            return good(check, seen)
    return bad(check, "Sumsub computes another digest", f"Copy the secret key of the webhook again, {DASHBOARD}.")
