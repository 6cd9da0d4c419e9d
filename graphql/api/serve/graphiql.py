"""GraphiQL, served whole from the gateway under a strict content security policy: no request leaves for another host."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response

ASSETS = Path(__file__).parent / "graphiql_assets"
OPERATIONS = Path(__file__).parents[2] / "operations"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
TYPES = {".js": "text/javascript", ".css": "text/css"}
# An operation's example variables: a comment that holds a JSON object.
VARIABLES = re.compile(r"^# variables: (\{.*\})$", re.MULTILINE)


def operations(folder: Path = OPERATIONS) -> dict[str, str]:
    """Returns the named operations that front ends use, by file name, in order."""
    return {path.stem: path.read_text() for path in sorted(folder.glob("*.graphql"))}


class GraphiQL:
    """The page and its files, read once."""

    def __init__(self) -> None:
        self._files = {path.name: path.read_bytes() for path in ASSETS.iterdir() if path.suffix in TYPES}
        self._files["operations.js"] = b"window.GATEHOUSE_OPERATIONS = " + orjson.dumps(_tabs()) + b";"
        self._page = (ASSETS / "page.html").read_bytes()

    def page(self) -> Response:
        return Response(self._page, headers={**HEADERS, "Cache-Control": "no-store"}, media_type="text/html")

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        content = self._files.get(name)
        if content is None:
            return Response("Not found", 404, media_type="text/plain")
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {**HEADERS, "Cache-Control": "no-cache", "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=TYPES[Path(name).suffix])


def _tabs() -> list[dict[str, str]]:
    tabs = []
    for text in operations().values():
        found = VARIABLES.search(text)
        variables = orjson.dumps(orjson.loads(found.group(1)), option=orjson.OPT_INDENT_2).decode() if found else ""
        tabs.append({"query": VARIABLES.sub("", text).strip() + "\n", "variables": variables})
    return tabs
