"""Calls to a vendor account: budgeted, signed, bounded in time and size. The signed bytes are exactly the bytes sent.

A `Dialect` covers a vendor's signatures and error format. Every fault says how far the call got: NotSent, Unanswered, or
Answered with the vendor's code, name and correlation id.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import httpx
import orjson

from app.domain.provider import CallBudget, CallKind, Download
from app.errors import Answered, NotSent, Unanswered, VendorFault
from providers import wire

# The limit of one call, including connection and answer. A file of 64 MB may take longer.
DEADLINE_SECONDS = 20.0
TRANSFER_SECONDS = 120.0
ANSWER_LIMIT = 4 * 1024 * 1024
ERROR_LIMIT = 64 * 1024
READ_ATTEMPTS = 3
RETRY_AFTER_CAP = 120.0


@dataclass(frozen=True)
class Call:
    """One call. `operation` names it in errors, logs and the table of docs/providers.md. `signed` is the text that the
    signature covers if that is neither the body nor the address (Veriff signs the id in a GET's path)."""

    operation: str
    method: str
    path: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: str | None = None
    # True if a 2xx answer must be a JSON object. False if the vendor documents that the body may be ignored.
    json: bool = True
    deadline: float = DEADLINE_SECONDS
    # The kind that the budget counts, if it does not follow from the method.
    counted: CallKind | None = None

    @property
    def kind(self) -> CallKind:
        return self.counted or (CallKind.READ if self.method == "GET" else CallKind.WRITE)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: httpx.Headers = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Facts:
    """The details in the body of a vendor's error."""

    code: int | None = None
    name: str | None = None
    correlation_id: str | None = None
    description: str | None = field(default=None, repr=False)


class Dialect(Protocol):
    """The differences between vendors. `window_seconds` is the back-off after a 429 without a Retry-After."""

    provider: str
    window_seconds: float

    def sign(self, call: Call, target: str) -> Mapping[str, str]:
        """Returns the headers that authenticate a call. `target` is the path with its query, exactly as sent."""
        ...

    def facts(self, parsed: Mapping[str, Any]) -> Facts:
        """Returns the vendor's code, name, correlation id and description from the body of an error."""
        ...

    def authentic(self, headers: httpx.Headers, content: bytes) -> bool:
        """Returns True if the answer's signature is valid, or if the vendor does not sign its answers."""
        ...


class Caller:
    """The caller of one account."""

    def __init__(self, http: httpx.AsyncClient, dialect: Dialect, base_url: str, budget: CallBudget) -> None:
        self._http = http
        self._dialect = dialect
        self._base_url = base_url
        self._budget = budget

    async def read(self, call: Call) -> bytes:
        """Returns the body of a GET. Retries transient faults up to READ_ATTEMPTS times in total, except a 429."""
        for attempt in range(1, READ_ATTEMPTS + 1):
            try:
                return (await self.once(call)).content
            except VendorFault as fault:
                too_many = isinstance(fault, Answered) and fault.status == 429
                if not fault.passing or too_many or attempt == READ_ATTEMPTS:
                    raise
            await asyncio.sleep(0.1 * attempt * random.uniform(0.5, 1.5))  # noqa: S311 - not a secret
        raise AssertionError("unreachable")

    async def once(self, call: Call) -> Answer:
        """Makes one call without retries. Returns a 2xx answer. Raises VendorFault for everything else."""
        await self._budget.take(call.kind)
        if call.kind is CallKind.SCREENING:
            # A screening read has its own limit and counts towards the limit of all reads, too.
            await self._budget.take(CallKind.READ)
        try:
            async with asyncio.timeout(call.deadline), self._sent(call) as response:
                if not response.is_success:
                    raise await self._refusal(call, response)
                content = await wire.read_limited(response, ANSWER_LIMIT)
        except TimeoutError:
            raise self._unanswered(call, f"no whole answer within {call.deadline:g} s") from None
        if content is None:
            raise self._unanswered(call, "the answer is larger than 4 MB")
        if call.json and not isinstance(parsed(content), dict):
            raise self._unanswered(call, "the answer is not a JSON object")
        if not self._dialect.authentic(response.headers, content):
            raise self._unanswered(call, "the answer's signature is not the vendor's")
        return Answer(response.status_code, response.headers, content)

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[Download]:
        """Opens a file for streaming. Raises Unanswered if the file ends before the announced length."""
        await self._budget.take(call.kind)
        try:
            async with asyncio.timeout(TRANSFER_SECONDS), self._sent(call) as response:
                if response.status_code != 200:
                    raise await self._refusal(call, response)
                yield Download(self._whole(call, response))
        except TimeoutError:
            raise self._unanswered(call, f"the file did not come within {TRANSFER_SECONDS:g} s") from None

    def _unanswered(self, call: Call, message: str) -> Unanswered:
        return Unanswered(self._dialect.provider, call.operation, message)

    @asynccontextmanager
    async def _sent(self, call: Call) -> AsyncIterator[httpx.Response]:
        request = httpx.Request(call.method, self._base_url + call.path, content=call.body, headers=dict(call.headers))
        # Signs the address as httpx encoded it, because those bytes are sent, without the base address's own path.
        target = request.url.raw_path.decode().removeprefix(httpx.URL(self._base_url).path.rstrip("/"))
        request.headers.update(self._dialect.sign(call, target))
        request.headers["Accept"] = "application/json" if call.json else "*/*"
        request.headers["User-Agent"] = "gatehouse"
        if call.content_type:
            request.headers["Content-Type"] = call.content_type
        try:
            response = await self._http.send(request, stream=True)
        except httpx.ConnectError as problem:
            raise NotSent(self._dialect.provider, call.operation, str(problem)) from None
        except httpx.HTTPError as problem:
            raise self._unanswered(call, type(problem).__name__) from None
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise self._unanswered(call, "the answer is compressed, which was not asked for")
            yield response
        except httpx.HTTPError as problem:
            raise self._unanswered(call, type(problem).__name__) from None
        finally:
            await response.aclose()

    async def _refusal(self, call: Call, response: httpx.Response) -> Answered:
        """Returns the vendor's error with its details. A 429 blocks the shared budget until the back-off ends."""
        body = parsed(await wire.read_limited(response, ERROR_LIMIT) or b"")
        facts = self._dialect.facts(body) if isinstance(body, dict) else Facts()
        retry_after = _seconds(response.headers.get("retry-after"))
        if response.status_code == 429:
            retry_after = self._dialect.window_seconds if retry_after is None else retry_after
            await self._budget.block(call.kind, retry_after)
        return Answered(
            self._dialect.provider,
            call.operation,
            f"answered {response.status_code}",
            status=response.status_code,
            vendor_code=facts.code,
            vendor_name=facts.name,
            correlation_id=facts.correlation_id,
            retry_after=retry_after,
            description=facts.description,
        )

    async def _whole(self, call: Call, response: httpx.Response) -> AsyncIterator[bytes]:
        announced, seen = response.headers.get("content-length"), 0
        async for chunk in response.aiter_bytes():
            seen += len(chunk)
            yield chunk
        if announced is not None and announced.isdigit() and int(announced) != seen:
            raise self._unanswered(call, "the file broke off")


async def granted(reading: Awaitable[bytes]) -> bytes | None:
    """Returns the body of an optional read, or None if the vendor has no such data or denies access to it. Raises transient
    faults, because they say nothing about the data."""
    try:
        return await reading
    except Answered as fault:
        if fault.passing:
            raise
        return None


def parsed(content: bytes) -> Any:
    """Returns the parsed JSON, or None if the content is not JSON."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def segment(text: str) -> str:
    """Returns a text encoded as one segment of a path."""
    return quote(text, safe="")


def query(path: str, **parameters: str | float | bool | None) -> str:
    """Returns a path with its query. Omits parameters that are None and encodes spaces as %20."""
    texts = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in parameters.items()
        if value is not None
    }
    return f"{path}?{urlencode(texts, quote_via=quote)}" if texts else path


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values that are not None, because vendors treat a null differently from an absent field."""
    return {name: value for name, value in values.items() if value is not None}


def encoded(content: Any) -> bytes:
    """Returns the content as JSON. The same bytes are signed and sent."""
    return orjson.dumps(content)


def short(text: Any) -> str | None:
    return text[:120] if isinstance(text, str) else None


def whole(number: Any) -> int | None:
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _seconds(text: str | None) -> float | None:
    """Returns the seconds of a Retry-After, at most two minutes, or None for its date form, which no vendor here uses."""
    try:
        return min(max(float(text or ""), 0.0), RETRY_AFTER_CAP)
    except ValueError:
        return None
