"""A twin of Veriff: an ASGI application and command that also works without Gatehouse.

It follows Veriff's documentation and is as strict: keys, signatures by the kind of call, calls that a session's state allows.
Its applicants are invented. `/_twin/…` is the control interface: sessions on request, manual decisions, faults, webhooks.
"""

from providers.veriff.twin.options import Keys, Options
from providers.veriff.twin.server import application, welcome

__all__ = ["Keys", "Options", "application", "welcome"]
