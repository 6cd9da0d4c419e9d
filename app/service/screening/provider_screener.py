"""The providers' own screening as a screener: for approved verifications, and for those declined because of a list entry."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from app.domain.aml import Screened
from app.domain.provider import Provider, ProviderName
from app.domain.screening import Case, Hit, Report, Seen
from app.errors import Crowded, ScreenerFault

# The screenings that may wait for a provider's rate limit at the same time, so that they cannot occupy all workers.
AT_ONCE = 2
# The first of these that any of the customer's verifications has is the result.
RANK = (Screened.HITS, Screened.RUNNING, Screened.CLEAR, Screened.NONE)


class ProviderScreener:
    def __init__(self, providers: Mapping[ProviderName, Provider]) -> None:
        self._providers = providers
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
        return [await self._one(case) for case in cases]

    async def _one(self, case: Case) -> Report:
        if self._turns.locked():
            raise Crowded("as many as may be are waiting for the vendor's allowance")
        async with self._turns:
            found = [await self._ask(seen) for seen in case.verifications]
        screened = next((word for word in RANK if any(one.screened is word for one in found)), Screened.NONE)
        hits: dict[tuple[str, str], Hit] = {(hit.list, hit.key): hit for one in found for hit in one.hits}
        return Report(screened, tuple(hits.values()))

    async def _ask(self, seen: Seen) -> Report:
        provider = self._providers.get(ProviderName(seen.provider))
        if provider is None:
            raise ScreenerFault(f"{seen.provider} is not configured")
        listed_by_refusal = provider.listed_by_refusal(seen.reference, seen.labels)
        if listed_by_refusal:
            return Report(Screened.HITS, listed_by_refusal)
        return await provider.screened(seen.reference)
