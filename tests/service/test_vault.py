"""Encryption, tokens, the key ring and the blob store."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.errors import CorruptData
from app.service.document.blob import PIECE, SIZE_LIMIT, BlobStore, FileRefused, open_store
from app.service.trust.vault import DataKeyCipher, Vault

OLD, NEW = b"o" * 32, b"n" * 32
JPEG = b"\xff\xd8\xff\xe0"


def test_a_sealed_value_opens_only_where_it_was_sealed() -> None:
    vault = Vault([NEW])
    wrapped, cipher = vault.new_key("ten_a", "cus_a")
    sealed = cipher.seal(b"Iria", "customer.personal")

    assert vault.cipher(wrapped, "ten_a", "cus_a").open(sealed, "customer.personal") == b"Iria"
    with pytest.raises(CorruptData):
        cipher.open(sealed, "customer.email")
    with pytest.raises(CorruptData):
        vault.new_key("ten_a", "cus_b")[1].open(sealed, "customer.personal")
    with pytest.raises(CorruptData):
        cipher.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "customer.personal")


def test_keys_rotate_without_losing_anything_and_an_unknown_ring_opens_nothing() -> None:
    wrapped, cipher = Vault([OLD]).new_key("t", "c")
    token = Vault([OLD]).sign("file", [1])

    rotated = Vault([NEW, OLD])

    assert rotated.cipher(wrapped, "t", "c").open(cipher.seal(b"x", "p"), "p") == b"x"
    assert rotated.verify("file", token) == [1]
    assert rotated.matches("d", b"v", Vault([OLD]).digest("d", b"v"))
    with pytest.raises(CorruptData):
        Vault([NEW]).cipher(wrapped, "t", "c")
    with pytest.raises(CorruptData):
        rotated.cipher(wrapped, "t", "another")


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 22, "=", "%", "\0"])
def test_forged_tokens_verify_as_nothing(token: str) -> None:
    assert Vault([NEW]).verify("file", token) is None


def test_a_token_is_good_for_one_purpose() -> None:
    vault = Vault([NEW])

    assert vault.verify("cursor", vault.sign("file", [1])) is None


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(open_store(tmp_path.as_uri()))


@pytest.fixture
def cipher() -> DataKeyCipher:
    return Vault([NEW]).new_key("t", "c")[1]


async def stream(content: bytes, size: int = 70_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def read(store: BlobStore, path: str, cipher: DataKeyCipher) -> bytes:
    return b"".join([piece async for piece in store.get(path, cipher)])


@pytest.mark.parametrize("size", [5, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
async def test_a_file_comes_back_whole_and_lies_encrypted(
    store: BlobStore, cipher: DataKeyCipher, tmp_path: Path, size: int
) -> None:
    content = (JPEG + os.urandom(size))[:size]

    stored = await store.put("a/b", stream(content), cipher)

    assert (stored.size, stored.content_type) == (size, "image/jpeg")
    assert await read(store, "a/b", cipher) == content
    assert content[:4] not in (tmp_path / "a/b").read_bytes() or size < 16


async def test_cut_swapped_and_missing_files_are_noticed(store: BlobStore, cipher: DataKeyCipher, tmp_path: Path) -> None:
    await store.put("one", stream(JPEG + b"1" * 3 * PIECE), cipher)
    await store.put("two", stream(JPEG + b"2" * 3 * PIECE), cipher)
    whole = (tmp_path / "one").read_bytes()

    (tmp_path / "one").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CorruptData):
        await read(store, "one", cipher)
    (tmp_path / "one").write_bytes((tmp_path / "two").read_bytes())
    with pytest.raises(CorruptData):
        await read(store, "one", cipher)
    with pytest.raises(CorruptData):
        await read(store, "none", cipher)


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"<html>", "type"), (b"MZ\x90", "type")])
async def test_what_is_no_file_of_ours_is_refused(store: BlobStore, cipher: DataKeyCipher, content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        await store.put("x", stream(content), cipher)

    assert refused.value.reason == reason


async def test_a_file_over_the_limit_is_refused_and_nothing_kept(store: BlobStore, cipher: DataKeyCipher, tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield JPEG
        for _ in range(SIZE_LIMIT // PIECE + 1):
            yield b"x" * PIECE

    with pytest.raises(FileRefused) as refused:
        await store.put("big", endless(), cipher)

    assert refused.value.reason == "size"
    assert list(tmp_path.iterdir()) == []
