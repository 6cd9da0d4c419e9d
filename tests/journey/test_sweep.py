"""What is missed, doubted or not understood: the sweep asks, faults are waited out, and stored answers are read again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from app.domain.verification import EXPECTED_STAY, Stage, next_refresh
from app.store.db import transaction
from providers.sumsub import state
from providers.twin.fault import Fault
from tests.journey.test_webhooks import customer_of, decide, events_about, until, verified, verified_at_veriff
from tests.make.firm import Firm
from tests.make.webhook import post_sumsub, sumsub_body

RED = {"reviewAnswer": "RED", "reviewRejectType": "FINAL"}
REPLAY = """mutation($filter: ReplayFilter, $dryRun: Boolean!) { replayProviderEvents(filter: $filter, dryRun: $dryRun) {
    dryRun examined differences { kind subjectId field before after applied reason } userErrors { code } } }"""


@pytest.fixture(scope="module")
async def watchful(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Firm]:
    """A firm that asks about everything each second."""
    folder = tmp_path_factory.mktemp("watchful")
    async with Firm.embedded(folder, expected_stay_seconds=dict.fromkeys(Stage, 1.0)) as ready:
        yield ready


def test_every_stage_has_an_expected_stay_and_silence_makes_looks_rarer() -> None:
    assert set(EXPECTED_STAY) == set(Stage)
    for stage, (first, most) in EXPECTED_STAY.items():
        waits = [next_refresh(stage, quiet) for quiet in range(20)]
        assert waits == sorted(waits)
        assert (waits[0], waits[-1]) == (first, most)
        assert next_refresh(stage, 0, {stage: 7.0}) == 7.0


@pytest.mark.parametrize("vendor", ["sumsub", "veriff"])
async def test_without_any_webhook_a_reversal_is_found(watchful: Firm, vendor: str) -> None:
    if vendor == "sumsub":
        customer, reference = await verified(watchful)
        await watchful.twin("sumsub", f"applicants/{reference}/review", reviewResult=RED)
    else:
        customer, reference = await verified_at_veriff(watchful)
        await watchful.twin("veriff", f"sessions/{reference}/decision", status="declined")

    found = await until(watchful, customer, lambda seen: seen["kycStatus"] == "FAILED")

    assert "verification.reversed" in [event["type"] for event in found["events"]["nodes"]]


async def test_a_deactivation_is_found_without_a_webhook_too(watchful: Firm) -> None:
    customer, _ = await verified(watchful)
    await watchful.act("setApplicantPresence", customerId=customer, active=False)

    await until(watchful, customer, lambda seen: seen["verification"]["active"] is False)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize(
    ("vendor", "operation"),
    [("sumsub", "review-status"), ("sumsub", "steps-status"), ("sumsub", "moderation-states"), ("sumsub", "applicant"),
     ("veriff", "decision")],
)  # fmt: skip
async def test_whatever_goes_wrong_with_a_look_the_vendors_verdict_is_reached(
    watchful: Firm, vendor: str, operation: str, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused is asked about later, what passes soon; nothing of a broken answer is ever applied."""
    monkeypatch.setattr("app.service.verification.refresh.REFUSED_SECONDS", 0.5)
    monkeypatch.setattr("app.service.verification.refresh.MISSING_SECONDS", 0.5)
    if vendor == "sumsub":
        customer, reference = await verified(watchful)
        await watchful.twin("sumsub", "faults", operation=operation, subject=reference, faults=[fault])
        await post_sumsub(watchful, await decide(watchful, reference, reviewResult=RED))
    else:
        customer, reference = await verified_at_veriff(watchful)
        await watchful.twin("veriff", "faults", operation=operation, subject=reference, faults=[fault])
        await watchful.twin("veriff", f"sessions/{reference}/decision", status="declined")

    found = await until(watchful, customer, lambda seen: seen["kycStatus"] == "FAILED")

    assert found["verification"]["stage"] == "DECLINED"
    changes = [event["data"] for event in found["events"]["nodes"] if event["type"] == "customer.kyc_status_changed"]
    assert [change["newStatus"] for change in changes] == ["VERIFIED", "FAILED"]


async def test_a_lagging_replica_does_not_take_a_verdict_back(watchful: Firm) -> None:
    customer, applicant = await verified(watchful)
    await asyncio.sleep(1.1)  # verdicts are dated to the second
    await post_sumsub(watchful, await decide(watchful, applicant, reviewResult=RED))
    await until(watchful, customer, lambda seen: seen["kycStatus"] == "FAILED")

    await watchful.twin("sumsub", "faults", operation="review-status", subject=applicant, faults=["stale"] * 2)
    await post_sumsub(watchful, sumsub_body(applicant))
    await events_about(watchful, applicant, count=2)

    assert (await customer_of(watchful, customer))["kycStatus"] == "FAILED"


async def replayed(firm: Firm, *, dry_run: bool, who: str = "compliance", **wanted: Any) -> dict[str, Any]:
    answer = await firm.data(REPLAY, {"filter": wanted, "dryRun": dry_run}, who=who)
    return answer["replayProviderEvents"]  # type: ignore[no-any-return]


async def test_a_word_that_is_learnt_later_is_shown_first_and_then_applied(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, applicant = await verified(firm)
    await post_sumsub(firm, await decide(firm, applicant, reviewStatus="frozen"))
    await until(firm, customer, lambda seen: seen["verification"]["reviewStatus"] == "frozen")
    nothing = await replayed(firm, dry_run=True, customerId=customer, kinds=["VERIFICATION"])

    monkeypatch.setitem(state.STAGES, "frozen", Stage.DECLINED)
    shown = await replayed(firm, dry_run=True, customerId=customer, kinds=["VERIFICATION"])
    still = await customer_of(firm, customer)
    done = await replayed(firm, dry_run=False, customerId=customer, kinds=["VERIFICATION"])
    after = await customer_of(firm, customer)
    again = await replayed(firm, dry_run=True, customerId=customer, kinds=["VERIFICATION"])

    assert nothing["differences"] == []
    assert next((item["field"], item["before"], item["after"], item["applied"]) for item in shown["differences"]) == (
        "stage",
        "APPROVED",
        "DECLINED",
        False,
    )
    assert still["kycStatus"] == "VERIFIED"
    assert all(item["applied"] for item in done["differences"])
    assert (after["kycStatus"], after["verification"]["stage"]) == ("FAILED", "DECLINED")
    assert again["differences"] == []


async def test_results_are_computed_again_from_the_answers_that_were_kept(firm: Firm) -> None:
    customer, _ = await verified(firm)
    async with transaction(firm.deps.database) as session:
        await session.execute(
            text("UPDATE process_result SET status = 'FAILED', data = NULL, error = :e WHERE ingestion_id IN "
                 "(SELECT id FROM ingestion WHERE customer_id = :c)"),
            {"e": orjson.dumps({"code": "unknown_error", "message": "x", "hint": None, "step": None, "details": None}), "c": customer},
        )  # fmt: skip

    shown = await replayed(firm, dry_run=True, customerId=customer, kinds=["RESULT"])
    masked = await replayed(firm, dry_run=True, who="back-office", customerId=customer, kinds=["RESULT"])
    done = await replayed(firm, dry_run=False, customerId=customer, kinds=["RESULT"])
    again = await replayed(firm, dry_run=True, customerId=customer, kinds=["RESULT"])

    by_field = {item["field"]: item for item in shown["differences"]}
    assert (by_field["status"]["before"], by_field["status"]["after"]) == ("FAILED", "COMPLETED")
    assert by_field["data"]["after"]["full_name"] == "Iria Vale Montes"
    assert {item["after"] for item in masked["differences"] if item["field"] == "data"} == {"***"}
    assert all(item["applied"] for item in done["differences"])
    assert again["differences"] == []
    found = await firm.data(
        "query($id: ID!) { customer(id: $id) { ingestions { nodes { results { status } } } } }", {"id": customer}
    )
    assert found["customer"]["ingestions"]["nodes"][0]["results"][0]["status"] == "COMPLETED"


async def test_a_replayed_event_leads_to_a_look_as_it_did_when_it_came(firm: Firm) -> None:
    customer, applicant = await verified(firm)
    await post_sumsub(firm, sumsub_body(applicant))
    (event,) = await events_about(firm, applicant)
    await firm.twin("sumsub", f"applicants/{applicant}/review", reviewResult=RED)

    dry = await replayed(firm, dry_run=True, eventIds=[event["id"]], kinds=["EVENT"])
    unchanged = await customer_of(firm, customer)
    await replayed(firm, dry_run=False, eventIds=[event["id"]], kinds=["EVENT"])

    assert (dry["examined"], dry["differences"], unchanged["kycStatus"]) == (1, [], "VERIFIED")
    await until(firm, customer, lambda seen: seen["kycStatus"] == "FAILED")


async def test_replaying_needs_a_person(firm: Firm) -> None:
    answer = await firm.ask(REPLAY, {"filter": {}, "dryRun": True}, who="service")

    assert answer["errors"][0]["extensions"]["code"] == "HUMAN_REQUIRED"
