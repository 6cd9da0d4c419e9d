"""A twin of Veriff: its own ASGI application and command, of use without Gatehouse.

Written from Veriff's documentation, strict where the documentation is: keys, signatures by the kind of call, what a session's
state allows. Its people are invented. `/_twin/…` is the twin's own: sessions on request, decisions by hand, faults, webhooks.
"""

from providers.veriff.twin.options import Keys, Options
from providers.veriff.twin.server import application, welcome

__all__ = ["Keys", "Options", "application", "welcome"]
