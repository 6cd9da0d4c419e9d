"""`/`: a pointer for people who open the gateway's bare address."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

ADDRESSES = {"graphql": "/graphql", "live": "/livez", "ready": "/readyz", "metrics": "/metrics"}


async def pointer(_: Request) -> Response:
    """Names the addresses of this gateway and the documentation. Needs no credential and reveals no state."""
    return JSONResponse({"name": "Gatehouse", **ADDRESSES, "documentation": "README.md and docs/README.md of the source"})
