"""The demo's third part: somebody who stands on a list is held, and a person of compliance decides."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from rich.console import Console

from app.command.demo.client import Client

PATIENCE_SECONDS, REFRESH_SECONDS = 60, 0.2
FIRST, LAST = "Vladislav", "Korzunetski"
READ = """query($id: ID!) { customer(id: $id) { status nextAction { code } aml { status hits { id name list topics score } } } }"""
REVIEW = """mutation($input: ReviewAmlHitInput!) { reviewAmlHit(input: $input) { userErrors { message } } }"""
RESOLVE = """mutation($input: ResolveAmlInput!) {
  resolveAml(input: $input) { customer { status aml { status decision } } userErrors { message } } }"""


async def run(console: Console, client: Client, customer_id: str, compliance: str) -> None:
    """Waits until the customer's verification is approved and screening begins by itself."""
    console.print(f"\nSomebody on a list: {FIRST} {LAST} is verified, and looked for in the invented list that ships:")
    async with asyncio.timeout(PATIENCE_SECONDS):
        found = await _held(client, customer_id)
    _tell(console, found)
    person = replace(client, token=compliance)
    for hit in found["aml"]["hits"]:
        console.print(f"  [yellow]{hit['score']:.2f}[/]  {hit['name']}  ({hit['list']}: {', '.join(hit['topics'])})")
        verdict = {"hitId": hit["id"], "verdict": "FALSE_POSITIVE", "comment": "Another birth date, by the passport"}
        await person.ask(REVIEW, input=verdict)
    decision = {"customerId": customer_id, "decision": "CLEARED", "comment": "None of them"}
    decided = (await person.ask(RESOLVE, input=decision))["resolveAml"]["customer"]
    console.print(f"  compliance judges each hit and decides: {decided['aml']['decision']} → [bold]{decided['status']}[/]")


async def _held(client: Client, customer_id: str) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = (await client.ask(READ, id=customer_id))["customer"]
        if found["aml"]["status"] == "NEEDS_REVIEW":
            return found
        await asyncio.sleep(REFRESH_SECONDS)


def _tell(console: Console, found: dict[str, Any]) -> None:
    console.print(f"  {found['status']}, aml.status [bold]{found['aml']['status']}[/], nextAction {found['nextAction']['code']}")
