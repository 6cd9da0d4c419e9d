"""Twin of Sumsub: a standalone ASGI application and command, usable without Gatehouse.

Written from Sumsub's documentation, and as strict: signatures, time window, single-use tokens, rate limits.
All applicants are fictitious. `/_twin/…` controls the twin itself: scenarios, share tokens, billable effects, faults.
"""

from providers.sumsub.twin.options import Options
from providers.sumsub.twin.server import application, welcome

__all__ = ["Options", "application", "welcome"]
