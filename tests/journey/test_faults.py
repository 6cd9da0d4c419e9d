"""What the vendor can do wrong, and what becomes of the ingestion: it always ends FINISHED."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.service.ingestion import media
from providers.sumsub import twin
from providers.twin.fault import Fault, FaultRates
from tests.make.firm import Firm


@pytest.fixture(scope="module")
async def hasty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Firm]:
    """A firm with little patience: one second for readiness, one for passing faults."""
    folder = tmp_path_factory.mktemp("hasty")
    async with Firm.embedded(folder, provider_readiness_seconds=1, provider_retry_seconds=1) as ready:
        yield ready


async def test_a_verdict_that_never_comes_ends_in_the_readiness_error(hasty: Firm) -> None:
    results = await hasty.outcome("never-decided")

    assert {result["error"]["code"] for result in results.values()} == {"provider_data_readiness_timeout_exceeded"}
    assert {str(result["error"]["details"]) for result in results.values()} == {"{'providerState': 'pending'}"}


async def test_a_verdict_that_comes_in_time_is_waited_for(embedded: Firm) -> None:
    results = await embedded.outcome("slow-review")

    assert {result["status"] for result in results.values()} == {"COMPLETED"}


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TOO_MANY, Fault.CUT_BEFORE, Fault.NOT_JSON, Fault.TRUNCATED])
async def test_a_fault_that_does_not_pass_ends_in_the_clients_error_and_redeems_at_most_once(
    fault: Fault, tmp_path_factory: pytest.TempPathFactory
) -> None:
    options = twin.Options(seed=1, reads_per_5s=10**6, writes_per_5s=10**6, faults=FaultRates(rates={fault: 1.0}))
    folder = tmp_path_factory.mktemp("fault")
    async with Firm.embedded(folder, options=options, provider_retry_seconds=1) as firm:
        found = await firm.finished(await firm.ingest("passport"))
        effects = await firm.effects()

    assert {result["error"]["code"] for result in found["results"]} == {"sumsub_client_error"}
    assert effects.get("redeemed", 0) <= 1


async def test_a_vendor_that_fails_often_is_lived_with(tmp_path_factory: pytest.TempPathFactory) -> None:
    rates = dict.fromkeys([Fault.SERVER_ERROR, Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.NOT_JSON, Fault.TRUNCATED], 0.05)
    options = twin.Options(seed=1, reads_per_5s=10**6, writes_per_5s=10**6, faults=FaultRates(rates={**rates, Fault.UNKNOWN: 0.3}))
    async with Firm.embedded(tmp_path_factory.mktemp("often"), options=options) as firm:
        ids = [await firm.ingest("passport") for _ in range(20)]
        found = [await firm.finished(ingestion_id, seconds=60) for ingestion_id in ids]
        effects = await firm.effects()

    assert {result["status"] for one in found for result in one["results"]} == {"COMPLETED"}
    assert effects["redeemed"] == 20


async def test_the_accounts_limits_are_kept_without_the_vendor_having_to_say_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    options = twin.Options(seed=1, reads_per_5s=60, writes_per_5s=4, aml_per_minute=100_000)
    limits = {"sumsub_reads_per_5s": 60, "sumsub_writes_per_5s": 4}
    async with Firm.embedded(tmp_path_factory.mktemp("limits"), options=options, **limits) as firm:
        ids = [await firm.ingest("passport", processes=["PROFILE"]) for _ in range(10)]
        for ingestion_id in ids:
            await firm.finished(ingestion_id, seconds=60)
        effects = await firm.effects()

    assert effects["redeemed"] == 10
    assert effects.get("rate_limited", 0) == 0


async def test_a_file_that_is_none_fails_its_process_alone(embedded: Firm) -> None:
    results = await embedded.outcome("bad-file")

    assert results["IDENTITY"]["error"]["code"] == "provider_file_download_failed"
    assert results["IDENTITY"]["error"]["details"]["reason"] == "type"
    assert results["IDENTITY"]["files"] == []
    assert {results[process]["status"] for process in ("PROFILE", "ADDRESS", "PROOF_OF_ADDRESS")} == {"COMPLETED"}


async def test_a_file_over_64_megabytes_is_refused(embedded: Firm) -> None:
    results = await embedded.outcome("file-too-large")

    assert results["IDENTITY"]["error"]["details"]["reason"] == "size"
    assert results["PROFILE"]["status"] == "COMPLETED"


async def test_a_donor_that_was_not_approved_is_said_so(embedded: Firm) -> None:
    results = await embedded.outcome("not-approved")

    assert {result["error"]["code"] for result in results.values()} == {"verification_not_approved"}
    assert results["PROFILE"]["error"]["details"]["errorCode"] == 10507


async def test_an_applicant_that_does_not_exist_is_an_invalid_reference(embedded: Firm) -> None:
    payload = await embedded.create_ingestion(
        {"customerId": await embedded.customer(), "source": {"sumsub": {"applicantId": "0" * 24}}}
    )

    found = await embedded.finished(payload["ingestion"]["id"])

    assert {result["error"]["code"] for result in found["results"]} == {"provider_reference_invalid"}


async def test_wrong_credentials_are_the_operators_business(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with Firm.embedded(tmp_path_factory.mktemp("wrong"), sumsub_secret_key="wrong") as firm:
        found = await firm.finished(await firm.ingest("passport"))

    assert {result["error"]["code"] for result in found["results"]} == {"sumsub_client_error"}
    assert "GATEHOUSE_SUMSUB_SECRET_KEY" in found["results"][0]["error"]["hint"]


async def test_a_defect_of_ours_is_tried_again_and_then_set_aside(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(media, "fetch_all", broken)
    monkeypatch.setattr("app.service.ingestion.run.DEFECT_PAUSE", 0.05)
    monkeypatch.setattr("app.service.ingestion.run.CLAIMS_WITHOUT_PROGRESS", 2)
    async with Firm.embedded(tmp_path_factory.mktemp("defect")) as firm:
        found = await firm.finished(await firm.ingest("passport"))

    results = {result["process"]: result for result in found["results"]}
    assert results["PROFILE"]["status"] == "COMPLETED"
    assert results["IDENTITY"]["error"]["code"] == "workflow_error"


async def test_copying_an_applicant_ends_in_the_same_results(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with Firm.embedded(tmp_path_factory.mktemp("copy"), sumsub_import="copy") as firm:
        results = await firm.outcome("passport")
        lost = await firm.outcome("answer-lost")
        effects = await firm.effects()

    assert {result["status"] for result in (*results.values(), *lost.values())} == {"COMPLETED"}
    assert (effects["import"], effects["redeemed"], effects.get("reuse")) == (2, 2, None)


async def test_people_with_one_name_and_with_another_script(embedded: Firm) -> None:
    single = await embedded.outcome("one-name")
    native = await embedded.outcome("native-script")

    assert single["PROFILE"]["profile"]["fullName"] == "Sukiyati"
    assert single["IDENTITY"]["identity"]["person"]["familyName"] is None
    assert native["PROFILE"]["profile"]["fullName"] == "Ivana Primerova"
    assert native["PROFILE"]["profile"]["fullNameNative"] == "Ивана Примерова"
    assert native["ADDRESS"]["address"]["line1"] == "Primerna St 5"
