"""A twin of Sumsub: its own ASGI application and command, of use without Gatehouse.

Written from Sumsub's documentation, strict where the documentation is: signatures, time window, single-use tokens, limits.
Its people are invented. `/_twin/…` is the twin's own: scenarios, share tokens on request, what was charged, faults.
"""

from providers.sumsub.twin.options import Options
from providers.sumsub.twin.server import application, welcome

__all__ = ["Options", "application", "welcome"]
