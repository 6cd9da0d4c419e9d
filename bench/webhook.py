"""Webhooks a second and how long their answers take: stored and matched by Gatehouse, with looks at the twin behind them."""

from __future__ import annotations

import asyncio
import time

import httpx

from bench import rig
from tests.make.firm import CREATE_INGESTION
from tests.make.webhook import digest_headers, sumsub_body

EVENTS, CUSTOMERS, AT_ONCE = 2_000, 100, 16
SECRET = "bench-webhook-secret"


async def run() -> None:
    print(f"{EVENTS} different signed events about {CUSTOMERS} verifications, {AT_ONCE} at a time")
    with rig.rig(environment={"GATEHOUSE_SUMSUB_WEBHOOK_SECRET": SECRET}) as plant:
        address, _ = plant.beside("bench.plain_webhook", "/livez", str(plant.folder / "plain.db"), SECRET)
        applicants = await _known(plant)
        forged = await _post(plant.url, applicants, "guessed")
        plain = await _post(address, applicants, SECRET)
        ours = await _post(plant.url, applicants, SECRET)
    rig.row("  plain: verified and stored", [plain[0]], "events/s")
    middle = rig.row("  Gatehouse: verified, stored, matched, looked at", [ours[0]], "events/s")
    rig.row("  Gatehouse: forged, refused", [forged[0]], "events/s")
    print(f"  ratio: {middle / plain[0]:.2f}")
    for name, times in (("plain", plain[1]), ("Gatehouse", ours[1])):
        ordered = sorted(times)
        half, most = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        print(f"  {name}, answer: median {half:.1f} ms, 99th percentile {most:.1f} ms")


async def _known(plant: rig.Rig) -> list[str]:
    """Applicants that Gatehouse knows as verifications."""
    async with plant.client() as http:
        asked = await http.post(f"{plant.twin_url}/_twin/applicants", json={"scenario": "passport", "count": CUSTOMERS})
        applicants: list[str] = asked.json()["applicantIds"]
        for applicant in applicants:
            given = {
                "customerId": await rig.customer(http),
                "source": {"sumsub": {"applicantId": applicant}},
                "processes": ["PROFILE"],
            }
            await rig.ask(http, CREATE_INGESTION, {"input": given})
        await rig.all_finished(http)
    return applicants


async def _post(address: str, applicants: list[str], secret: str) -> tuple[float, list[float]]:
    """Events per second, and how long each answer took in milliseconds."""
    bodies = [sumsub_body(applicants[number % len(applicants)]) for number in range(EVENTS)]
    gate, times = asyncio.Semaphore(AT_ONCE), []
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:

        async def one(body: bytes) -> None:
            async with gate:
                begun = time.perf_counter()
                answer = await http.post("/webhooks/sumsub", content=body, headers=digest_headers(secret, body))
                times.append((time.perf_counter() - begun) * 1000)
                assert answer.status_code == (200 if secret == SECRET else 401)

        begun = time.perf_counter()
        await asyncio.gather(*(one(body) for body in bodies))
        return EVENTS / (time.perf_counter() - begun), times
