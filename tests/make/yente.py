"""A matching service that speaks yente's interface, for tests: `POST /match/{dataset}` and `GET /catalog`.

Written from yente 5.5's documents. It finds whom it is told to find, and misbehaves when asked to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

TOKEN = "delivery-token"


@dataclass
class Yente:
    version: str = "20261120063301-abc"
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    parameters: list[dict[str, str]] = field(default_factory=list)
    catalogue: bool = True

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/match/{dataset}", self.match, methods=["POST"]), Route("/catalog", self.catalog)])

    async def catalog(self, request: Request) -> Response:
        if not self.catalogue:
            return JSONResponse({"detail": "Not Found"}, 404)
        known = {"name": "default", "title": "Default", "version": self.version, "index_version": self.version, "load": True}
        return JSONResponse({"datasets": [known], "current": ["default"], "outdated": []})

    async def match(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"ApiKey {TOKEN}":
            return JSONResponse({"detail": "Invalid API key"}, 401)
        body = await request.json()
        self.asked += body["queries"].values()
        self.parameters.append(dict(request.query_params))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and fault in WHOLE:
            return await WHOLE[fault](self)
        threshold = float(request.query_params["threshold"])
        responses = {name: self._answer(asked, threshold, fault) for name, asked in body["queries"].items()}
        if fault == "query_missing":
            responses = {}
        return JSONResponse({"responses": responses, "limit": 50})

    def _answer(self, asked: dict[str, Any], threshold: float, fault: str | None) -> dict[str, Any]:
        names = {name.lower() for name in asked["properties"]["name"]}
        found = [person for name, person in self.people.items() if name.lower() in names]
        results = [
            {
                "datasets": ["us_ofac_sdn"], "referents": [], "target": True, "schema": "Person", "first_seen": "2023-01-01",
                "last_seen": "2026-11-20", "last_change": "2026-01-01", "match": person["score"] >= threshold,
                "explanations": {"name_match": {"score": person["score"], "detail": "exact"}}, **person,
            }
            for person in found
        ]  # fmt: skip
        if fault == "partial":
            return {"status": 500, "results": [], "total": {"value": 0, "relation": "eq"}, "query": asked}
        if fault == "no_results":
            return {"status": 200, "query": asked}
        if fault == "no_score":
            results = [{"id": "x", "caption": "X"}]
        return {"status": 200, "results": results, "total": {"value": len(results), "relation": "eq"}, "query": asked}


async def _slow(service: Yente) -> Response:
    await asyncio.sleep(5)
    return JSONResponse({"responses": {}})


async def _exchanged(service: Yente) -> Response:
    service.version += "+1"
    return JSONResponse({"responses": {"q0": {"status": 200, "results": []}}, "limit": 50})


async def _plain(service: Yente, answer: Callable[[], Response]) -> Response:
    return answer()


WHOLE: dict[str, Any] = {
    "slow": _slow,
    "exchanged": _exchanged,
    "500": lambda service: _plain(service, lambda: JSONResponse({"detail": "x"}, 500)),
    "429": lambda service: _plain(service, lambda: JSONResponse({"detail": "monthly ceiling"}, 429)),
    "422": lambda service: _plain(service, lambda: JSONResponse({"detail": "unknown dataset"}, 422)),
    "html": lambda service: _plain(service, lambda: PlainTextResponse("<html>", media_type="text/html")),
    "list": lambda service: _plain(service, lambda: JSONResponse([])),
    "empty": lambda service: _plain(service, lambda: PlainTextResponse("")),
}
