"""The source of the key ring: the settings, or for the embedded sandbox a key file beside the database."""

from __future__ import annotations

import base64
import os

from app.config import Settings
from app.service.trust.vault import Vault


def load(settings: Settings) -> Vault:
    """Returns the vault for these settings. Creates the embedded key file, readable only by its owner, if none exists."""
    if settings.reveal("secret_keys"):
        return Vault(settings.keys)
    path = settings.database_path.parent / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(os.urandom(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    ring = [base64.b64decode(part) for part in path.read_bytes().strip().split(b",")]
    return Vault(ring)
