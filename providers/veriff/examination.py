"""Checks of an integration's set-up, by calls that change nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app.domain.examination import Finding, bad, good, unsure
from app.errors import Answered, Unanswered, VendorFault
from providers.veriff.client import Client

# The id of a session that does not exist. A 404 for it proves that key and signature are valid.
NOBODY = "00000000-0000-4000-8000-000000000000"


async def examine(client: Client) -> AsyncIterator[Finding]:
    name = client.integration.name
    check = f"veriff {name}: keys"
    try:
        await client.probe(NOBODY)
        yield good(check, "a signed call was answered")
    except Answered as fault:
        if fault.status == 404:
            yield good(check, "a signed call was answered")
        elif fault.status in (400, 401, 403):
            remedy = f"Copy API key and shared secret of the integration {name} again from Veriff's customer portal."
            yield bad(check, f"refused ({fault.status}, code {fault.vendor_name or fault.vendor_code})", remedy)
            return
        else:
            yield unsure(check, f"answered {fault.status}", "Run the doctor again later.")
    except Unanswered as fault:
        yield bad(check, fault.message, "Check the shared secret, and that no proxy changes answers on their way.")
        return
    except VendorFault as fault:
        yield bad(f"veriff {name}: reachable", str(fault), "Check GATEHOUSE_VERIFF_BASE_URL, DNS and the firewall.")
        return
    if len(client.integration.secrets) > 1:
        remedy = "Take the old secret out once Veriff no longer signs with it."
        yield unsure(f"veriff {name}: secrets", f"{len(client.integration.secrets)} shared secrets are accepted", remedy)
    # Veriff signs webhooks with the same secret. Only a real webhook could test it.
    yield good(f"veriff {name}: webhooks", "signed with the same shared secret, and addressed to POST /webhooks/veriff")
