"""Screening by an OpenSanctions-compatible matching service.

Source: yente 5.5, `POST /match/{dataset}`: a batch of queries, each with results that have score, `match`, features and datasets.
Each query has its own `status`, so a batch can fail in part. `GET /catalog` returns the version of each dataset. yente itself
needs no credential. The hosted service takes `Authorization: ApiKey …`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx
import orjson

from app.domain.aml import Screened
from app.domain.examination import Finding, bad, good
from app.domain.lists import opensanctions
from app.domain.screening import Case, Hit, Person, Report
from app.errors import ScreenerFault
from providers import listing, wire
from providers.call import query, segment
from providers.tree import Tree

SECONDS = 30.0
ANSWER_LIMIT = 16 * 1024 * 1024
# The most queries in one call, and the most results of one query.
BATCH, LIMIT = 50, 50
PAGE = "https://www.opensanctions.org/entities/"
CUT = "HITS_CUT"


class YenteScreener:
    def __init__(
        self, http: httpx.AsyncClient, base_url: str, *, token: str | None, dataset: str, algorithm: str, threshold: float
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"ApiKey {token}"} if token else {}
        self._dataset, self._algorithm, self._threshold = dataset, algorithm, threshold

    async def screen(self, cases: Sequence[Case]) -> Sequence[Report]:
        found: list[Report] = []
        for start in range(0, len(cases), BATCH):
            found += await self._some([case.person for case in cases[start : start + BATCH]])
        return found

    async def examine(self) -> AsyncIterator[Finding]:
        """Yields a finding for `gatehouse doctor`: good if the service accepts a query for an invented name."""
        try:
            (found,) = await self._some([Person(("Nobody Atall",))])
        except ScreenerFault as fault:
            remedy = "Check GATEHOUSE_YENTE_BASE_URL, _TOKEN and _DATASET, and that the service runs and has loaded its data."
            yield bad("yente", str(fault), remedy)
            return
        version = found.versions.get(self._dataset)
        yield good(
            "yente", f"answers; {self._dataset} {version}" if version else f"answers; the version of {self._dataset} is not told"
        )

    async def _some(self, people: Sequence[Person]) -> list[Report]:
        # Compares the versions before and after, because results are unreliable if the index was replaced during the query.
        before = await self._versions()
        address = query(f"/match/{segment(self._dataset)}", algorithm=self._algorithm, limit=LIMIT, threshold=self._threshold)
        asked = {f"q{number}": _asked(person) for number, person in enumerate(people)}
        answer = Tree(await self._call("POST", address, {"queries": asked}))
        after = await self._versions()
        if before != after:
            raise ScreenerFault("the service exchanged its data while it was asked")
        return [self._report(answer.at("responses", name), after) for name in asked]

    async def _versions(self) -> dict[str, str]:
        """Returns the version of the dataset. Empty if the service has no catalogue or does not list the dataset."""
        answer = await self._call("GET", "/catalog", None, absent=True)
        mine = next((found for found in Tree(answer).at("datasets").items() if found.at("name").text == self._dataset), Tree(None))
        version = mine.at("index_version").text or mine.at("version").text
        return {self._dataset: version} if version else {}

    async def _call(self, method: str, path: str, content: Any, *, absent: bool = False) -> Any:
        """Returns the parsed answer, or None for a 404 with `absent`. Raises ScreenerFault for every other failure."""
        body = orjson.dumps(content) if content is not None else b""
        headers = {**self._headers, "Accept": "application/json", "Content-Type": "application/json", "User-Agent": "gatehouse"}
        request = httpx.Request(method, self._base_url + path, content=body, headers=headers)
        try:
            async with asyncio.timeout(SECONDS):
                response = await self._http.send(request, stream=True)
                try:
                    raw = await wire.read_limited(response, ANSWER_LIMIT)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.HTTPError) as problem:
            raise ScreenerFault(f"no answer: {type(problem).__name__}") from None
        if absent and response.status_code == 404:
            return None
        if response.status_code != 200 or raw is None:
            raise ScreenerFault(f"answered {response.status_code}" if raw is not None else "the answer is too large")
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise ScreenerFault("the answer is not JSON") from None

    def _report(self, response: Tree, versions: Mapping[str, str]) -> Report:
        """Returns the report of one query. Raises ScreenerFault if its status is not 200 or its results are not a list."""
        results = response.at("results").value
        if response.at("status").number != 200 or not isinstance(results, list):
            raise ScreenerFault("a query of the batch was not answered")
        found = list(response.at("results").items())
        hits = tuple(_hit(result) for result in found if self._fits(result))
        remarks = (CUT,) if len(hits) >= LIMIT else ()
        return Report(Screened.HITS if hits else Screened.CLEAR, hits, versions, f"yente:{self._algorithm}", remarks)

    def _fits(self, result: Tree) -> bool:
        """Returns True if the service reports a match or the score reaches the threshold.

        Raises ScreenerFault for a result without id or score, because it could be a hit.
        """
        match, score = result.at("match").value, result.at("score").value
        if not result.at("id").text or not isinstance(score, (int, float)):
            raise ScreenerFault("a result without id or score")
        return match is True or score >= self._threshold


def _asked(person: Person) -> dict[str, Any]:
    properties = {
        "name": list(person.names),
        "birthDate": list(person.births),
        "nationality": [code.lower() for code in person.countries],
        "idNumber": list(person.documents),
    }
    return {"schema": "Person", "properties": {name: values for name, values in properties.items() if values}}


def _hit(result: Tree) -> Hit:
    texts = {name: [item.text for item in tree.items()] for name, tree in result.at("properties").fields()}
    key, name = str(result.at("id").text), result.at("caption").text or ""
    listed = {word: texts[word] for word in ("name", "alias", "birthDate", "nationality", "country", "position") if word in texts}
    datasets = [item.text for item in result.at("datasets").items()]
    changed = result.at("last_change").text or listing.digest(result.at("properties").value)
    return Hit(
        "OpenSanctions",
        key,
        listing.digest([key, changed]),
        name,
        opensanctions.topics(word for word in texts.get("topics", []) if word),
        float(result.at("score").value),
        {
            "explanation": result.at("explanations").value or result.at("features").value or {},
            "listed": listed,
            "datasets": datasets,
            "source": PAGE + key,
        },
    )
