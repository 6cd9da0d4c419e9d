"""The customer's hosted page: one page with its files, and the token by which it asks the API for the customer's own data."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import pycountry
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.service.dependencies import Dependencies
from app.service.verification import hosted

ASSETS = Path(__file__).parent / "hosted_assets"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The address is the customer's way in: no other page may learn it from the browser.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
}
TYPES = {".js": "text/javascript", ".css": "text/css"}
GONE = "This link is invalid or has expired. Please ask for a new one."


class Hosted:
    """The hosted page and its files, read once."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._page = (ASSETS / "page.html").read_bytes()
        self._files = {path.name: path.read_bytes() for path in ASSETS.iterdir() if path.suffix in TYPES}
        self._files["countries.js"] = b"window.GATEHOUSE_COUNTRIES = " + orjson.dumps(_countries()) + b";"

    async def page(self, _: Request) -> Response:
        """Returns the page. It is the same for all customers and learns its customer with its token."""
        return Response(self._page, headers={**HEADERS, "Cache-Control": "no-store"}, media_type="text/html")

    async def session(self, request: Request) -> Response:
        """Returns a fresh token to the holder of the link."""
        exchange = await hosted.exchange(self._deps, request.path_params["token"])
        if exchange is None:
            return PlainTextResponse(GONE, 404, headers={"Cache-Control": "no-store"})
        content = {"token": exchange.token, "customerId": exchange.customer_id, "expiresAt": exchange.expires_at.isoformat()}
        return JSONResponse(content, 201, headers={"Cache-Control": "no-store"})

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        content = self._files.get(name)
        if content is None:
            return PlainTextResponse("Not found", 404)
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {**HEADERS, "Cache-Control": "no-cache", "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=TYPES[Path(name).suffix])


def _countries() -> list[dict[str, str]]:
    """Returns all countries by their usual English names, in alphabetical order, with Kosovo, which has no entry of its own."""
    found = [(getattr(land, "common_name", land.name), land.alpha_2) for land in pycountry.countries]
    return [{"value": code, "label": name} for name, code in sorted([*found, ("Kosovo", "XK")])]
