"""A call budget: at most `limit` calls in any window of `window` seconds, whoever makes them."""

from __future__ import annotations

from collections.abc import Sequence

# A little longer than the provider's five seconds, because calls may bunch up on the way.
WINDOW = 5.2


def allow(grants: Sequence[float], *, now: float, blocked_until: float, wanted: int, limit: int) -> list[float]:
    """Returns the moments at which the next `wanted` calls may be made, given the moments allowed before (oldest first).

    No call is allowed sooner than one window after the call `limit` places before it.
    """
    moments = [moment for moment in grants if moment > now - WINDOW]
    fresh: list[float] = []
    for _ in range(wanted):
        earliest = max(now, blocked_until)
        if len(moments) >= limit:
            earliest = max(earliest, moments[-limit] + WINDOW)
        moments.append(earliest)
        fresh.append(earliest)
    return fresh


def keep(grants: Sequence[float], fresh: Sequence[float], *, now: float, limit: int) -> list[float]:
    """Returns the newest grants that can still matter."""
    return [moment for moment in (*grants, *fresh) if moment > now - WINDOW][-limit:]
