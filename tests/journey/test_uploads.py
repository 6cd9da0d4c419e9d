"""Hostile files and addresses: each refused with its own error, nothing kept, nobody harmed."""

from __future__ import annotations

import asyncio
import hashlib
import io
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from sqlalchemy import select, update

from app.domain import upload as rule
from app.model.upload import Upload
from app.service.document.cleaner import Cleaner, Unusable
from app.service.document.fetch import Fetcher, FetchRefused, is_public
from app.store.db import transaction
from tasks import pool
from tests.make.firm import CREATE_UPLOAD, Firm
from tests.make.person import jpeg, passport, pdf, png

JPEG = jpeg()


def launching(writer: Any) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    writer.root_object[NameObject("/OpenAction")] = action


def scripted(writer: Any) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "html that says it is a picture": (b"<!doctype html><script>alert(1)</script>" * 4000, "image/jpeg", "UNSUPPORTED_TYPE"),
    "a picture that says it is a paper": (JPEG, "application/pdf", "TYPE_MISMATCH"),
    "a picture of too many pixels": (png(13_000, 13_000), "image/png", "TOO_MANY_PIXELS"),
    "half a picture": (JPEG[:400] + bytes(150_000), "image/jpeg", "FILE_DAMAGED"),
    "a picture cut off": (JPEG[: len(JPEG) // 2], "image/jpeg", "FILE_DAMAGED"),
    "a paper of too many pages": (pdf(21), "application/pdf", "TOO_MANY_PAGES"),
    "a paper with a password": (pdf(prepare=lambda writer: writer.encrypt("secret")), "application/pdf", "FILE_ENCRYPTED"),
    "a paper that starts programs": (pdf(prepare=launching), "application/pdf", "ACTIVE_CONTENT"),
    "a paper with a script": (pdf(prepare=scripted), "application/pdf", "ACTIVE_CONTENT"),
    "a paper with something inside": (
        pdf(prepare=lambda writer: writer.add_attachment("x.exe", b"MZ")),
        "application/pdf",
        "ACTIVE_CONTENT",
    ),
    "a program in a paper's clothes": (b"%PDF-1.4\n" + b"MZ" * 80_000, "application/pdf", "FILE_DAMAGED"),
    "nothing": (b"", "image/jpeg", "FILE_TOO_SMALL"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_by_its_own_error_and_nothing_is_kept(embedded: Firm, name: str) -> None:
    content, kind, code = HOSTILE[name]
    customer = await embedded.customer()
    given = {"customerId": customer, "contentType": kind, "size": max(len(content), rule.SMALLEST)}
    made = (await embedded.data(CREATE_UPLOAD, {"input": given}, who="service"))["createUpload"]["upload"]
    padded = content + bytes(given["size"] - len(content)) if content else b""

    answer = await embedded.http.put(made["url"], content=padded, headers=made["headers"])

    assert answer.status_code in (413, 415, 422)
    assert answer.json()["code"] == code
    assert answer.json()["message"].endswith(".")
    (refused,) = await embedded.submit(
        customer, documents=[passport(frontImageUrl=None, frontUploadId=made["id"])], expect=["UPLOAD_NOT_RECEIVED"]
    )
    assert refused["field"][-1] == "frontUploadId"
    assert _kept(embedded, customer) == []


def _kept(firm: Firm, customer: str) -> list[Path]:
    folder = Path(firm.settings.blobs.removeprefix("file://"))
    return [path for path in folder.rglob(f"*/{customer}/**/*") if path.is_file()]


async def test_what_was_announced_must_be_what_comes_and_may_be_sent_again(firm: Firm) -> None:
    customer = await firm.customer()
    digest = hashlib.sha256(JPEG).hexdigest()
    given = {"customerId": customer, "contentType": "image/jpeg", "size": len(JPEG), "sha256": digest}
    made = (await firm.data(CREATE_UPLOAD, {"input": given}, who="service"))["createUpload"]["upload"]

    codes = []
    other = jpeg(1210)
    for content, headers in (
        (JPEG[:-1], made["headers"]),
        (JPEG + b"x", made["headers"]),
        ((other + bytes(len(JPEG)))[: len(JPEG)], made["headers"]),
        (JPEG, {"Content-Type": "image/png"}),
        (bytes(11 * 1024 * 1024), made["headers"]),
        (JPEG, made["headers"]),
    ):
        answer = await firm.http.put(made["url"], content=content, headers=headers)
        codes.append((answer.status_code, answer.json().get("code")))
    forged = await firm.http.put(made["url"][:-3] + "abc", content=JPEG, headers=made["headers"])

    assert codes == [
        (422, "SIZE_MISMATCH"),
        (422, "SIZE_MISMATCH"),
        (422, "HASH_MISMATCH"),
        (415, "TYPE_MISMATCH"),
        (413, "FILE_TOO_LARGE"),
        (201, None),
    ]
    assert (forged.status_code, forged.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"contentType": "image/gif"}, "UNSUPPORTED_TYPE"),
        ({"size": 10}, "FILE_TOO_SMALL"),
        ({"size": 2**30}, "FILE_TOO_LARGE"),
        ({"sha256": "xyz"}, "INVALID_HASH"),
        ({"customerId": "cus_none"}, "NOT_FOUND"),
    ],
)
async def test_bad_announcements_are_refused(embedded: Firm, given: dict[str, Any], code: str) -> None:
    whole = {"customerId": await embedded.customer(), "contentType": "image/jpeg", "size": 200_000, **given}

    payload = (await embedded.data(CREATE_UPLOAD, {"input": whole}, who="service"))["createUpload"]

    assert [error["code"] for error in payload["userErrors"]] == [code]


async def test_many_at_once_to_one_address_are_one_file(firm: Firm) -> None:
    customer = await firm.customer()
    given = {"customerId": customer, "contentType": "image/jpeg", "size": len(JPEG)}
    made = (await firm.data(CREATE_UPLOAD, {"input": given}, who="service"))["createUpload"]["upload"]

    answers = await asyncio.gather(*(firm.http.put(made["url"], content=JPEG, headers=made["headers"]) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert len(_kept(firm, customer)) == 2  # the clean copy, and the original beside it


async def test_what_an_attempt_that_was_killed_left_behind_is_removed(tmp_path: Path) -> None:
    """By the next attempt; and where none comes, once nobody waits for it any more."""
    async with Firm.embedded(tmp_path) as firm:
        again, never = await firm.customer(), await firm.customer()
        made = {}
        for customer in (again, never):
            given = {"customerId": customer, "contentType": "image/jpeg", "size": len(JPEG)}
            made[customer] = (await firm.data(CREATE_UPLOAD, {"input": given}, who="service"))["createUpload"]["upload"]
            await leave(firm, customer, made[customer]["id"])
        left = [len(_kept(firm, customer)) for customer in (again, never)]

        answer = await firm.http.put(made[again]["url"], content=JPEG, headers=made[again]["headers"])
        await firm.data('mutation { advanceSandboxClock(input: {by: "2h"}) { now } }', who="service")
        await asyncio.sleep(0.7)
        async with pool.work_context(firm.settings, firm.deps) as context:
            await context.receiver.tidy()

        assert left == [2, 2]
        assert answer.status_code == 201
        assert len(_kept(firm, again)) == 2
        assert _kept(firm, never) == []


async def leave(firm: Firm, customer: str, upload_id: str) -> None:
    """What a worker leaves that is killed between its two blobs and the transaction."""
    folder = Path(firm.settings.blobs.removeprefix("file://"))
    async with firm.deps.database.reading() as connection:
        tenant = (await connection.execute(select(Upload.tenant_id).where(Upload.id == upload_id))).scalar()
    place = f"{tenant}/{customer}/uploads/{upload_id}-1"
    for name in (place, f"{place}.original"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"half")
    async with transaction(firm.deps.database) as session:
        await session.execute(update(Upload).where(Upload.id == upload_id).values(fence=1, place=place))


async def _chunks(content: bytes) -> Any:
    yield content


async def test_pictures_are_written_anew_without_metadata_and_faint_ones_are_told() -> None:
    exif = Image.Exif()
    exif[0x010E] = "42 Secret Street"
    exif[0x0112] = 6
    turned = jpeg(1200, 800, exif=exif.tobytes()) + b"<script>alert(1)</script>"
    grey = jpeg(600, 500, mode="L")

    cleaned = await Cleaner().clean("image/jpeg", _chunks(turned))
    faint = await Cleaner().clean("image/jpeg", _chunks(grey))
    paper = await Cleaner().clean("application/pdf", _chunks(pdf(prepare=lambda writer: writer.add_metadata({"/Author": "Jane"}))))

    with Image.open(io.BytesIO(cleaned.content)) as picture:
        assert picture.size == (800, 1200)
        assert not picture.getexif()
    assert b"Secret" not in cleaned.content
    assert b"script" not in cleaned.content
    assert cleaned.warnings == ()
    assert [remark.code for remark in faint.warnings] == ["no_colour", "low_resolution"]
    assert b"Jane" not in paper.content


async def test_a_file_that_eats_memory_or_time_ends_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.service.document.cleaner.SECONDS", 0.001)

    with pytest.raises(Unusable) as refused:
        await Cleaner().clean("image/jpeg", _chunks(JPEG))

    assert refused.value.remark is rule.TOO_COSTLY


INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1",
    "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1", "fec0::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_of_the_inside_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(address)


URLS: dict[str, str] = {
    "http://files.example.org/a.jpg": "URL_SCHEME_NOT_ALLOWED",
    "https://files.example.org:8443/a.jpg": "URL_PORT_NOT_ALLOWED",
    "https://user:secret@files.example.org/a.jpg": "URL_CREDENTIALS_NOT_ALLOWED",
    "https://127.0.0.1/a.jpg": "ADDRESS_NOT_ALLOWED",
    "https://169.254.169.254/latest/meta-data": "ADDRESS_NOT_ALLOWED",
    "https://[::1]/a.jpg": "ADDRESS_NOT_ALLOWED",
    "https://[::ffff:127.0.0.1]/a.jpg": "ADDRESS_NOT_ALLOWED",
    "http://127.0.0.1:1/a.jpg": "URL_SCHEME_NOT_ALLOWED",
}


@pytest.mark.parametrize("url", URLS)
async def test_an_address_that_is_wrong_on_its_face_is_refused_at_once(embedded: Firm, url: str) -> None:
    customer = await embedded.customer()

    (error,) = await embedded.submit(customer, documents=[passport(frontImageUrl=url)], expect=[URLS[url]])

    assert error["field"] == ["input", "kycData", "documents", "0", "frontImageUrl"]


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "localhost", "localhost.", "①②⑦.0.0.1"])
async def test_every_spelling_of_the_inside_is_found_out(host: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        async with Fetcher().open(f"https://{host}/a.jpg"):
            raise AssertionError("fetched")

    assert refused.value.remark.code == "ADDRESS_NOT_ALLOWED"


async def test_a_name_that_leads_inside_is_never_connected_to_whatever_it_answers_later(embedded: Firm) -> None:
    asked: list[str] = []

    def answering(*answers: list[str]) -> Any:
        waiting = list(answers)

        async def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return waiting.pop(0)

        return resolve

    for addresses in (["10.0.0.5"], ["93.184.215.14", "127.0.0.1"], []):
        with pytest.raises(FetchRefused) as refused:
            async with Fetcher(resolver=answering(addresses)).open("https://rebinding.example.org/a.jpg"):
                raise AssertionError("fetched")
        assert refused.value.remark.code == "ADDRESS_NOT_ALLOWED"
    # Resolved once: the address that was looked at is the one connected to, and no second answer is asked for.
    pinned = Fetcher([f"storage.test:{embedded.storage_port}"], resolver=answering(["127.0.0.1"], ["10.0.0.5"]))
    async with pinned.open(f"http://storage.test:{embedded.storage_port}/good.jpg") as chunks:
        content = b"".join([chunk async for chunk in chunks])

    assert content.startswith(b"\xff\xd8\xff")
    assert asked.count("storage.test") == 1


FETCHES = {
    "redirect.jpg": "REDIRECT_NOT_ALLOWED",
    "packed.jpg": "ENCODING_NOT_ALLOWED",
    "lying.jpg": "FILE_TOO_LARGE",
    "endless.jpg": "FILE_TOO_LARGE",
    "small.jpg": "FILE_TOO_SMALL",
    "page.jpg": "UNSUPPORTED_TYPE",
    "nothing.jpg": "FETCH_FAILED",
}


@pytest.mark.parametrize("name", FETCHES)
async def test_an_answer_that_misbehaves_is_refused_by_its_own_error(embedded: Firm, name: str) -> None:
    customer = await embedded.customer()
    query = "query($id: ID!) { customer(id: $id) { kycData { documents { front { status error { code } } } } } }"

    await embedded.submit(customer, documents=[passport(frontImageUrl=f"http://127.0.0.1:{embedded.storage_port}/{name}")])
    for _ in range(200):
        found = (await embedded.data(query, {"id": customer}))["customer"]["kycData"]["documents"][0]["front"]
        if found["status"] != "WAITING":
            break
        await asyncio.sleep(0.05)

    assert (found["status"], found["error"]["code"]) == ("REFUSED", FETCHES[name])
    assert _kept(embedded, customer) == []


async def test_an_answer_that_drips_ends_at_the_deadline(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.service.document.fetch.DEADLINE_SECONDS", 0.3)
    fetcher = Fetcher([f"127.0.0.1:{embedded.storage_port}"])

    with pytest.raises(FetchRefused) as refused:
        async with fetcher.open(f"http://127.0.0.1:{embedded.storage_port}/slow.jpg") as chunks:
            _ = [chunk async for chunk in chunks]

    assert (refused.value.remark.code, refused.value.passing) == ("FETCH_FAILED", True)


async def test_names_that_are_never_answered_hold_up_fetches_alone(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.service.document.fetch.DEADLINE_SECONDS", 1.0)
    silent, whole = threading.Event(), socket.getaddrinfo

    def lookup(host: Any, *args: Any, **named: Any) -> Any:
        if host == "silent.example.org":
            silent.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return whole(host, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)

    async def fetch() -> FetchRefused:
        with pytest.raises(FetchRefused) as refused:
            async with Fetcher().open("https://silent.example.org/a.jpg"):
                raise AssertionError("fetched")
        return refused.value

    try:
        fetches = [asyncio.create_task(fetch()) for _ in range(64)]
        await asyncio.sleep(0.1)
        # Threads write for everybody: none of them may be waiting for a name.
        await asyncio.wait_for(embedded.customer(), 10)
        refusals = await asyncio.wait_for(asyncio.gather(*fetches), 10)
    finally:
        silent.set()

    assert {(refused.remark.code, refused.passing) for refused in refusals} == {("FETCH_FAILED", True)}


async def test_what_waits_to_be_opened_has_arrived(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time for a file to come is not the time to open it: a queue there is no fault of whoever sent it."""
    monkeypatch.setattr("app.service.document.fetch.DEADLINE_SECONDS", 2.0)
    monkeypatch.setattr("app.web.upload.BODY_SECONDS", 2.0)
    clean = Cleaner.clean

    async def late(self: Cleaner, *given: Any) -> Any:
        await asyncio.sleep(3)
        return await clean(self, *given)

    monkeypatch.setattr(Cleaner, "clean", late)
    customer = await embedded.customer()
    query = select(Upload.__table__).where(Upload.customer_id == customer)

    await embedded.submit(customer, documents=[passport(frontImageUrl=f"http://127.0.0.1:{embedded.storage_port}/good.jpg")])
    sent, answer = await embedded.upload(customer, JPEG)
    for _ in range(200):
        async with embedded.deps.database.reading() as connection:
            found = {row.id: row for row in (await connection.execute(query)).all()}
        if all(row.status != "WAITING" for row in found.values()):
            break
        await asyncio.sleep(0.05)

    assert (answer.status_code, found[sent].status) == (201, "STORED")
    assert [(row.status, row.error) for row in found.values()] == [("STORED", None)] * 2


async def test_addresses_count_as_files_of_the_day(embedded: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.service.document.upload.MOST_A_DAY", 2)
    customer = await embedded.customer()
    place = f"http://127.0.0.1:{embedded.storage_port}/good.jpg"
    card = {"type": "NATIONAL_ID_CARD", "number": "X1", "frontImageUrl": place, "backImageUrl": place}

    await embedded.submit(customer, documents=[passport(frontImageUrl=place)])
    (refused,) = await embedded.submit(customer, documents=[card], expect=["TOO_MANY_UPLOADS"])
    async with embedded.deps.database.reading() as connection:
        kept = (await connection.execute(select(Upload.id).where(Upload.customer_id == customer))).all()

    assert refused["field"] == ["input", "kycData", "documents"]
    assert len(kept) == 1
