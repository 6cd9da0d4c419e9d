"""TypeIDs: a prefix that names the kind, then a UUIDv7 in Crockford's base 32. Unique everywhere, sortable by time.

https://github.com/jetify-com/typeid/tree/main/spec
"""

from __future__ import annotations

import os
import re
import threading
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(r"^([a-z]{2,8})_([0-7][0-9a-hjkmnp-tv-z]{25})$")
_lock = threading.Lock()
_last = 0


def uuid7() -> int:
    """Returns a UUIDv7 as a number: 48 bits of milliseconds, then random bits; never smaller than the one before in this
    process."""
    global _last
    with _lock:
        stamp = time.time_ns() // 1_000_000
        fresh = (stamp << 80) | int.from_bytes(os.urandom(10), "big")
        # version and variant bits, RFC 9562 section 5.7
        fresh = (fresh & ~(0xF << 76)) | (0x7 << 76)
        fresh = (fresh & ~(0x3 << 62)) | (0x2 << 62)
        if fresh <= _last:
            fresh = _last + 1
        _last = fresh
        return fresh


def new(prefix: str) -> str:
    """Returns a fresh id, for example `new("cus")` → `cus_01k…`."""
    number = uuid7()
    return prefix + "_" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def kind(value: str) -> str | None:
    """Returns the prefix of a well-formed id, else None."""
    found = _SHAPE.match(value)
    return found.group(1) if found else None
