"""What a vendor's state means for a customer: every pair of kycStatus and stage, and what is newer than what."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from app.domain import machine
from app.domain.action import NEEDS_A_PERSON, ActionKind
from app.domain.customer import KYC_TRANSITIONS, KycStatus
from app.domain.drift import DriftKind, clean, unknown
from app.domain.verification import LAG, REFUSING, Approval, Known, Stage, VendorState, approval, is_older, moves
from providers.sumsub import vocabulary as sumsub
from providers.sumsub import webhook
from providers.veriff import vocabulary as veriff
from providers.veriff.signature import is_signed, sign

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(("kyc", "stage"), list(itertools.product(KycStatus, Stage)))
def test_every_move_that_follows_is_one_the_machine_knows(kyc: KycStatus, stage: Stage) -> None:
    at = kyc
    for to in moves(kyc, stage):
        machine.check(KYC_TRANSITIONS, at, to)
        at = to
    if kyc in (KycStatus.NOT_STARTED, KycStatus.NOT_REQUIRED):
        assert at is kyc
    if stage is Stage.APPROVED and kyc not in (KycStatus.NOT_STARTED, KycStatus.NOT_REQUIRED):
        assert at is KycStatus.VERIFIED
    if kyc is KycStatus.VERIFIED:
        assert (at is not kyc) is (stage in REFUSING)


def test_a_check_under_way_takes_nothing_back_and_a_refusal_does() -> None:
    assert approval(Approval.HELD, Stage.IN_PROGRESS) is Approval.HELD
    assert approval(Approval.HELD, Stage.DECLINED) is Approval.TAKEN_BACK
    assert approval(Approval.TAKEN_BACK, Stage.APPROVED) is Approval.HELD
    assert approval(Approval.NEVER, Stage.DECLINED) is Approval.NEVER


@pytest.mark.parametrize(
    ("fetched", "known", "older"),
    [
        (VendorState(None), Known(1, None, "a"), False),
        (VendorState(None, decided_at=NOW), Known(1, NOW, "a"), False),
        (VendorState(None, decided_at=NOW - dt.timedelta(seconds=1)), Known(1, NOW, "a"), True),
        (VendorState(None, decided_at=NOW), Known(1, NOW - dt.timedelta(seconds=1), "a"), False),
        (VendorState(None, attempt=1, level="a"), Known(2, NOW, "a"), True),
        (VendorState(None, attempt=1, level="b"), Known(2, NOW, "a"), False),
        (VendorState(None, attempt=3, level="a"), Known(2, NOW, "a"), False),
        (VendorState(None, attempt=1, level="a"), Known(2, NOW - LAG, "a"), False),
        (VendorState(None, attempt=0, level="a"), Known(2, NOW, "a"), False),
    ],
)
def test_only_what_is_surely_behind_is_ignored(fetched: VendorState, known: Known, older: bool) -> None:
    assert is_older(fetched, known, at=NOW) is older


def test_unknown_words_are_kept_short_and_printable() -> None:
    assert unknown(DriftKind.STATUS, "x", "known", {"known"}) == ()
    assert unknown(DriftKind.STATUS, "x", None, ()) == unknown(DriftKind.STATUS, "x", 7, ()) == ()
    assert clean("a\x00b\u202ec" + "x" * 200) == "a\ufffdb\ufffdc" + "x" * 95


def test_the_vendors_tables_are_whole() -> None:
    assert len(sumsub.words("rejectLabels")) == 64
    assert {sumsub.default_reject_type(label) for label in sumsub.words("rejectLabels")} == {"FINAL", "RETRY"}
    assert len(sumsub.buttons()) == 150
    assert all(meaning.endswith(".") for meaning in sumsub.buttons().values())
    assert sumsub.explain_button("badPhoto_imageEditor") == "It seems to be edited."
    assert sumsub.explain_label("NEW") is None
    assert sumsub.document_remark("expiredDoc") == "It has expired."
    assert veriff.explain_reason("539") == "Asked to try again too often."
    assert (veriff.proof_kind("GAS_BILL"), veriff.proof_kind("NEW"), veriff.proof_kind(None)) == ("utility-bill", "other", None)


def test_what_needs_a_person_is_a_closed_list() -> None:
    assert set(ActionKind) - NEEDS_A_PERSON == {
        ActionKind.SET_RISK_LEVEL,
        ActionKind.TAG,
        ActionKind.SDK_TOKEN,
        ActionKind.LINK,
        ActionKind.SANDBOX_VERDICT,
        ActionKind.CORRECT,
    }


def test_sumsubs_digest_vectors() -> None:
    body, secret = b'{"applicantId":"65f0c0ffee00000000000001","type":"applicantReviewed"}', b"demo-webhook-secret"

    assert webhook.digest(secret, body, "HMAC_SHA1_HEX") == "0fee6bc4069e72b1e1aa51ca9fe3a9e2bebd91ce"
    assert webhook.digest(secret, body) == "635d41de6f5087413510e13e16f802a64137d064647dbef75dd4b64ad97d311b"
    assert webhook.digest(secret, body, "HMAC_SHA512_HEX") == (
        "1952fb8f1844db0a0f851126a273c87531e06636838c1729deea356cf2df1b527e9cb07fb31f9ca357545b095c2a0bf4dfcba6607bcf0f54ab7629ec40ed12b3"
    )
    assert webhook.authentic({"x-payload-digest": webhook.digest(secret, body)}, body, secret=secret, allowed=webhook.ALGORITHMS)
    only = {"x-payload-digest": webhook.digest(secret, body, "HMAC_SHA1_HEX"), "x-payload-digest-alg": "HMAC_SHA1_HEX"}
    assert not webhook.authentic(only, body, secret=secret, allowed=["HMAC_SHA256_HEX"])
    assert not webhook.authentic({"x-payload-digest": webhook.digest(b"", body)}, body, secret=b"", allowed=webhook.ALGORITHMS)


def test_veriffs_signature_vectors() -> None:
    secret, session = b"demo-shared-secret", b"0b8f1b6e-3f5c-4f0e-9c57-0c5a3d1e7a10"
    body = b'{"verification":{"vendorData":"user-1"}}'

    assert sign(secret, session) == "d89c8bd3195f634fcc3904d8e430e5b467daffc06614b92b26ade6c32254a47c"
    assert sign(secret, body) == "46d313c9835545a28c0c2d097ba95e520bdd841097d98924b521e537cbee4659"
    assert is_signed([b"newer", secret], body, sign(secret, body).upper())
    assert not is_signed([b"newer", b""], body, sign(b"", body))
