"""The HTTP client that all vendors share: httpx's interface over aiohttp's connections.

httpx's own pool scans every connection for each request and breaks down at a hundred concurrent calls. aiohttp's does not.
Addresses are sent exactly as they were built, because signatures cover them. Errors say whether the request was sent.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
from yarl import URL

CONNECTIONS = 256
CONNECT_SECONDS = 5.0
# The longest silence before, or in the middle of, an answer.
SILENCE_SECONDS = 15.0

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """An httpx transport over one aiohttp session, without redirects, cookies or a proxy from the environment.

    Raises httpx.ConnectError if no connection was made (nothing was sent). Raises httpx.ReadTimeout or httpx.ReadError if the
    request may have been sent and the answer was missing or incomplete.
    """

    def __init__(self, connections: int = CONNECTIONS) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=60, family=socket.AF_UNSPEC),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
                skip_auto_headers=("User-Agent", "Accept-Encoding", "Content-Type"),
            )
            # aiohttp repeats a GET or DELETE by itself if a reused connection turns out to be closed. Retries are decided by
            # the caller, because the first request may have had an effect.
            self._session._retry_connection = False  # noqa: SLF001
        return self._session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = await self._open().request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=request.headers.multi_items(),
                data=request.content or None,
                allow_redirects=False,
            )
        except NOT_SENT as problem:
            raise httpx.ConnectError(type(problem).__name__, request=request) from problem
        except TimeoutError as problem:
            raise httpx.ReadTimeout(type(problem).__name__, request=request) from problem
        except (aiohttp.ClientError, OSError) as problem:
            raise httpx.ReadError(type(problem).__name__, request=request) from problem
        return httpx.Response(answer.status, headers=list(answer.raw_headers), stream=_Body(answer, request), request=request)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.content.iter_any():
                yield chunk
        except TimeoutError as problem:
            raise httpx.ReadTimeout(type(problem).__name__, request=self._request) from problem
        except (aiohttp.ClientError, OSError) as problem:
            raise httpx.ReadError(type(problem).__name__, request=self._request) from problem

    async def aclose(self) -> None:
        # Closes the connection if the body was not read to the end, instead of waiting for the rest.
        if not self._answer.content.is_eof():
            self._answer.close()
        else:
            self._answer.release()


def client(**options: Any) -> httpx.AsyncClient:
    """Returns a new client, one per process. The code that opens it must close it."""
    options.setdefault("transport", AiohttpTransport())
    return httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=None, **options)  # noqa: S113 - the transport has its own


async def read_limited(response: httpx.Response, limit: int) -> bytes | None:
    """Returns a body of at most `limit` bytes, or None for a larger one. Stops reading once the limit is exceeded."""
    held = bytearray()
    async for chunk in response.aiter_bytes():
        held += chunk
        if len(held) > limit:
            return None
    return bytes(held)
