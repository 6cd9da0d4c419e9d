"""Encryption at rest (AES-256-GCM with a key per customer, wrapped by the key ring), keyed digests and signed tokens.

Associated data binds each sealed value to its owner and its place. It does not open anywhere else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import CorruptData

NONCE = 12
CACHED_KEYS = 4096


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"gatehouse/" + purpose).derive(key)


def _name(key: bytes) -> bytes:
    """Returns a four-byte id of a ring key that reveals nothing about the key."""
    return hashlib.sha256(b"gatehouse/key-id" + key).digest()[:4]


class DataKeyCipher:
    """Seals and opens values under one customer's key."""

    def __init__(self, key: bytes, owner: str) -> None:
        self._aead = AESGCM(key)
        self._marking = _derive(key, b"mark")
        self._owner = owner

    def seal(self, value: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, value, f"{self._owner}|{place}".encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Returns the clear value. Raises CorruptData if it was changed or moved from another place."""
        try:
            return self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], f"{self._owner}|{place}".encode())
        except InvalidTag:
            raise CorruptData(f"sealed value does not open: {place}") from None

    def digest(self, value: bytes, place: str) -> str:
        """Returns a keyed digest in hexadecimal. It never changes, because the customer's key does not rotate with the ring."""
        return hmac.new(self._marking, f"{self._owner}|{place}".encode() + b"\0" + value, hashlib.sha256).hexdigest()

    def seal_json(self, value: Any, place: str) -> bytes:
        return self.seal(orjson.dumps(value), place)

    def open_json(self, sealed: bytes, place: str) -> Any:
        return orjson.loads(self.open(sealed, place))


class Vault:
    """The key ring. The newest key seals and every key opens, so keys can be rotated without downtime."""

    def __init__(self, ring: Sequence[bytes]) -> None:
        self._wrapping = [(_name(key), AESGCM(_derive(key, b"wrap"))) for key in ring]
        self._signing = [_derive(key, b"sign") for key in ring]
        self._boxes = [(_name(key), AESGCM(_derive(key, b"box"))) for key in ring]
        self._cache: OrderedDict[tuple[bytes, str], DataKeyCipher] = OrderedDict()

    def new_key(self, tenant_id: str, customer_id: str) -> tuple[bytes, DataKeyCipher]:
        """Returns a new data key twice: wrapped for storage, and as a cipher ready for use."""
        key, nonce = AESGCM.generate_key(256), os.urandom(NONCE)
        owner = f"{tenant_id}|{customer_id}"
        name, aead = self._wrapping[0]
        return name + nonce + aead.encrypt(nonce, key, owner.encode()), DataKeyCipher(key, owner)

    def cipher(self, wrapped: bytes, tenant_id: str, customer_id: str) -> DataKeyCipher:
        """Unwraps a customer's key and returns its cipher. Raises CorruptData if no key of the ring opens it."""
        owner = f"{tenant_id}|{customer_id}"
        cached = self._cache.get((wrapped, owner))
        if cached is not None:
            self._cache.move_to_end((wrapped, owner))
            return cached
        name, nonce, sealed = wrapped[:4], wrapped[4 : 4 + NONCE], wrapped[4 + NONCE :]
        for candidate, aead in self._wrapping:
            if hmac.compare_digest(candidate, name):
                try:
                    cipher = DataKeyCipher(aead.decrypt(nonce, sealed, owner.encode()), owner)
                except InvalidTag:
                    break
                self._cache[wrapped, owner] = cipher
                if len(self._cache) > CACHED_KEYS:
                    self._cache.popitem(last=False)
                return cipher
        raise CorruptData("no key of GATEHOUSE_SECRET_KEYS opens this customer's key")

    def seal(self, value: bytes, place: str) -> bytes:
        """Seals a value that belongs to no customer (yet) with the newest key of the ring."""
        name, aead = self._boxes[0]
        nonce = os.urandom(NONCE)
        return name + nonce + aead.encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Returns the clear value. Raises CorruptData if no key of the ring opens it or it was sealed for another place."""
        name, nonce, content = sealed[:4], sealed[4 : 4 + NONCE], sealed[4 + NONCE :]
        for candidate, aead in self._boxes:
            if hmac.compare_digest(candidate, name):
                try:
                    return aead.decrypt(nonce, content, place.encode())
                except InvalidTag:
                    break
        raise CorruptData(f"sealed value does not open: {place}")

    def digest(self, purpose: str, value: bytes) -> str:
        """Returns a digest in hexadecimal, keyed with the newest key."""
        return hmac.new(self._signing[0], purpose.encode() + b"\0" + value, hashlib.sha256).hexdigest()

    def digests(self, purpose: str, value: bytes) -> tuple[str, ...]:
        """Returns the digests with every key of the ring, so look-ups by digest survive a key rotation."""
        message = purpose.encode() + b"\0" + value
        return tuple(hmac.new(key, message, hashlib.sha256).hexdigest() for key in self._signing)

    def matches(self, purpose: str, value: bytes, digest: str) -> bool:
        """Returns True if any key of the ring gives `digest` for this value. Each comparison takes constant time."""
        message = purpose.encode() + b"\0" + value
        return any(hmac.compare_digest(hmac.new(key, message, hashlib.sha256).hexdigest(), digest) for key in self._signing)

    def sign(self, purpose: str, content: Any) -> str:
        """Returns an authenticated token that carries `content` unencrypted. Never put a secret in it."""
        body = orjson.dumps(content)
        tag = hmac.new(self._signing[0], purpose.encode() + b"\0" + body, hashlib.sha256).digest()[:16]
        return base64.urlsafe_b64encode(tag + body).rstrip(b"=").decode()

    def verify(self, purpose: str, token: str) -> Any | None:
        """Returns the content of a signed token, or None if this ring did not sign it for this purpose."""
        try:
            raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, UnicodeEncodeError):
            return None
        tag, body = raw[:16], raw[16:]
        message = purpose.encode() + b"\0" + body
        for key in self._signing:
            if hmac.compare_digest(hmac.new(key, message, hashlib.sha256).digest()[:16], tag):
                return orjson.loads(body)
        return None
