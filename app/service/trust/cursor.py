"""Cursors: opaque, authenticated positions in one list or event log of one tenant, valid nowhere else."""

from __future__ import annotations

from app.errors import CursorExpired, InvalidCursor
from app.service.trust.vault import Vault


def encode(vault: Vault, kind: str, tenant_id: str, *place: object) -> str:
    return vault.sign("cursor", [kind, tenant_id, *place])


def decode(vault: Vault, kind: str, tenant_id: str, cursor: str) -> list[object]:
    """Returns the position in a cursor. Raises InvalidCursor unless it was issued for this list and tenant."""
    content = vault.verify("cursor", cursor)
    if not isinstance(content, list) or content[:2] != [kind, tenant_id]:
        raise InvalidCursor("This cursor does not belong to this list. Start without a cursor.")
    return content[2:]


def event(vault: Vault, tenant_id: str, epoch: int, seq: int) -> str:
    return encode(vault, "event", tenant_id, epoch, seq)


def event_seq(vault: Vault, tenant_id: str, epoch: int, cursor: str) -> int:
    """Returns the event number after which to continue. Raises InvalidCursor, or CursorExpired for one issued before a restore."""
    place = decode(vault, "event", tenant_id, cursor)
    if place[0] != epoch:
        raise CursorExpired("This cursor is from before a backup was restored. Read the present state and start anew.")
    return int(str(place[1]))
