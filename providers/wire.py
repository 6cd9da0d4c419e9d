"""The one HTTP client all vendors share: httpx's interface over aiohttp's connections.

httpx's own pool walks every connection for each request and breaks down at a hundred calls at once; aiohttp's does not.
Addresses go out byte for byte as they were built (signatures cover them), and errors tell what left the building.
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
# How long a vendor may be silent before, or in the middle of, an answer.
SILENCE_SECONDS = 15.0

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends httpx requests through one aiohttp session. No redirects, no cookies, no proxy from the environment.

    Raises httpx.ConnectError where no connection was made (nothing was sent), httpx.ReadTimeout and httpx.ReadError where
    the request left and the answer did not come or broke off.
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
            # aiohttp repeats a GET or DELETE by itself when a kept connection turns out to be closed. Whether a call may be
            # made again is not for the connection to say, and an effect may have taken place.
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
        # What was not read cannot be waited for: an unread rest costs the connection, not the caller's time.
        if not self._answer.content.is_eof():
            self._answer.close()
        else:
            self._answer.release()


def client(**options: Any) -> httpx.AsyncClient:
    """The shared client. One per process, closed by whoever opened it."""
    options.setdefault("transport", AiohttpTransport())
    return httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=None, **options)  # noqa: S113 - the transport has its own


async def read_limited(response: httpx.Response, limit: int) -> bytes | None:
    """A whole body of at most `limit` bytes; None for a larger one, of which no more than that is held."""
    held = bytearray()
    async for chunk in response.aiter_bytes():
        held += chunk
        if len(held) > limit:
            return None
    return bytes(held)
