"""The page that a twin shows to the customer instead of the vendor's own flow: a text and one button."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, Response

STYLE = "body{font:1rem/1.5 system-ui;max-width:34rem;margin:2rem auto;padding:0 1rem}button{font:inherit;padding:.7rem 1.2rem}"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
}


def show(vendor: str, text: str, *, button: str | None = None) -> Response:
    """Returns a page without scripts. The button posts to the page's own address."""
    form = f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
    body = (
        f'<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>{escape(vendor)}</title>'
        f"<style>{STYLE}</style><main><h1>{escape(vendor)}</h1><p>{escape(text)}</p>{form}</main></html>"
    )
    return HTMLResponse(body, headers=HEADERS)


def gone(vendor: str) -> Response:
    return HTMLResponse(f"<!doctype html><title>{escape(vendor)}</title><p>This link is not valid.", 404, headers=HEADERS)
