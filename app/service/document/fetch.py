"""Fetching of files from untrusted URLs, with protection against server-side request forgery (SSRF).

The host name is resolved once, all its addresses must be public, and the connection uses exactly those addresses, so a later
DNS response changes nothing. No redirects, no proxies, no compression, one deadline for the whole fetch.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from app.domain import upload
from app.domain.upload import Remark
from app.errors import GatehouseError

DEADLINE_SECONDS, CONNECT_SECONDS = 20.0, 5.0
SAMPLES = "example.com"
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
# DNS look-ups have their own threads, so an unresponsive DNS server delays only fetches.
_NAMES = ThreadPoolExecutor(4, "names")


class FetchRefused(GatehouseError):
    """A failed or refused fetch. `passing` means that a retry of the same URL may succeed."""

    code = "FETCH_REFUSED"

    def __init__(self, remark: Remark, *, passing: bool = False) -> None:
        super().__init__(remark.code)
        self.remark = remark
        self.passing = passing


async def resolve(host: str, port: int) -> Sequence[str]:
    """Returns all addresses of a host name from the system's resolver. Raises OSError."""
    asked = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_NAMES, asked)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Returns True if an IP address is public. Checks the IPv4 address that an IPv6 address embeds."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in NAT64 or int(ip) < 1 << 32:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class Fetcher:
    """A fetcher of files from untrusted URLs.

    `allowed`: `host` or `host:port` entries that may be private and use plain http. `samples`: the sandbox serves
    example.com and its subdomains itself.
    """

    def __init__(self, allowed: Collection[str] = (), *, samples: bool = False, resolver: Resolve = resolve) -> None:
        self._allowed = frozenset(entry.lower() for entry in allowed)
        self._samples = samples
        self._resolve = resolver

    def is_sample(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        return self._samples and (host == SAMPLES or host.endswith(f".{SAMPLES}"))

    def fault(self, url: str) -> Remark | None:
        """Returns the fault of a URL that is visible without a network request, or None."""
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None:
            return upload.URL_CREDENTIALS
        if self._is_allowed(parts):
            return None
        if parts.scheme != "https":
            return upload.URL_SCHEME
        if parts.port not in (None, 443):
            return upload.URL_PORT
        try:
            public = is_public(parts.hostname or "")
        except ValueError:
            return None  # a host name: only its addresses decide
        return None if public else upload.URL_PLACE

    def _is_allowed(self, parts: SplitResult) -> bool:
        host = (parts.hostname or "").lower()
        return host in self._allowed or f"{host}:{_port(parts)}" in self._allowed

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Yields the file as a stream of bytes up to the size limit. Read it at once: the deadline runs. Raises FetchRefused."""
        wrong = self.fault(url)
        if wrong is not None:
            raise FetchRefused(wrong)
        try:
            async with (
                asyncio.timeout(DEADLINE_SECONDS),
                _session(await self._addresses(urlsplit(url))) as session,
                await _get(session, url) as answer,
            ):
                yield _limited(answer)
        except TimeoutError:
            raise FetchRefused(upload.URL_FAILED, passing=True) from None

    async def _addresses(self, parts: SplitResult) -> Sequence[str]:
        """Returns the addresses of the host. Raises FetchRefused with one remark for unknown hosts and for private addresses."""
        try:
            found = await self._resolve(parts.hostname or "", _port(parts))
        except (OSError, UnicodeError):
            raise FetchRefused(upload.URL_PLACE, passing=True) from None
        if not found or not (self._is_allowed(parts) or all(map(is_public, found))):
            raise FetchRefused(upload.URL_PLACE)
        return found


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _session(addresses: Sequence[str]) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=_Pinned(addresses), use_dns_cache=False, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=CONNECT_SECONDS),
        skip_auto_headers=("User-Agent",),
    )


class _Pinned(AbstractResolver):
    """A resolver that always returns the addresses that were checked, regardless of later DNS changes."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        return


async def _get(session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse:
    try:
        answer = await session.get(URL(url), allow_redirects=False, headers={"Accept-Encoding": "identity"})
    except (aiohttp.ClientError, OSError):
        raise FetchRefused(upload.URL_FAILED, passing=True) from None
    _check(answer)
    return answer


def _check(answer: aiohttp.ClientResponse) -> None:
    if 300 <= answer.status < 400:
        raise FetchRefused(upload.URL_REDIRECT)
    if answer.status != 200:
        raise FetchRefused(upload.URL_FAILED, passing=answer.status >= 500 or answer.status in (408, 429))
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchRefused(upload.URL_PACKED)
    if answer.content_length is not None and answer.content_length > upload.LARGEST:
        raise FetchRefused(upload.TOO_LARGE)


async def _limited(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    seen = 0
    try:
        async for chunk in answer.content.iter_any():
            seen += len(chunk)
            if seen > upload.LARGEST:
                raise FetchRefused(upload.TOO_LARGE)
            yield chunk
    except (aiohttp.ClientError, OSError):
        raise FetchRefused(upload.URL_FAILED, passing=True) from None
