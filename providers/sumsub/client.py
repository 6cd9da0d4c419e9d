"""Sumsub's calls: signed, budgeted, bounded in time and size. Answers are bytes; what they mean is said elsewhere."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import orjson

from app.domain.provider import CallBudget, CallKind, Download
from app.errors import Answered, NotSent, Unanswered, VendorFault
from providers import wire
from providers.sumsub.signature import sign

PROVIDER = "SUMSUB"
# One call, connection and answer together; a file of 64 MB may take longer.
DEADLINE_SECONDS = 20.0
DOWNLOAD_SECONDS = 120.0
ANSWER_LIMIT = 4 * 1024 * 1024
READ_ATTEMPTS = 3
# Where "too many requests" comes without a Retry-After: Sumsub counts in windows of five seconds.
WINDOW_SECONDS = 5.0
RETRY_AFTER_CAP = 120.0


@dataclass(frozen=True)
class Account:
    """One Sumsub account. Token and secret never print."""

    base_url: str
    app_token: str = field(repr=False)
    secret_key: bytes = field(repr=False)
    level: str


class Client:
    def __init__(
        self, http: httpx.AsyncClient, account: Account, budget: CallBudget, *, epoch: Callable[[], float] = time.time
    ) -> None:
        self._http = http
        self._account = account
        self._budget = budget
        self._epoch = epoch

    async def reuse(self, share_token: str, user_id: str) -> bytes:
        """Reusable KYC: redeems a share token against our level. Once only; never repeated here."""
        query = urlencode({"shareToken": share_token, "levelName": self._account.level, "userId": user_id}, quote_via=quote)
        return await self._once("reuse", "POST", f"/resources/api/reusableIdentity/reuse?{query}")

    async def import_copy(self, share_token: str, user_id: str) -> bytes:
        """Copy applicant: redeems a share token and keeps the donor's verdict. Once only; never repeated here."""
        query = urlencode(
            {"shareToken": share_token, "trustReview": "true", "userId": user_id, "levelName": self._account.level},
            quote_via=quote,
        )
        return await self._once("import", "POST", f"/resources/applicants/-/import?{query}")

    async def applicant(self, applicant_id: str) -> bytes:
        return await self._read("applicant", f"/resources/applicants/{quote(applicant_id, safe='')}/one")

    async def applicant_by_external_id(self, external_id: str) -> bytes:
        path = f"/resources/applicants/-;externalUserId={quote(external_id, safe='')}/one"
        return await self._read("applicant-by-external-id", path)

    async def review_status(self, applicant_id: str) -> bytes:
        return await self._read("review-status", f"/resources/applicants/{quote(applicant_id, safe='')}/status")

    async def steps_status(self, applicant_id: str) -> bytes:
        path = f"/resources/applicants/{quote(applicant_id, safe='')}/requiredIdDocsStatus"
        return await self._read("steps-status", path)

    async def resources(self, applicant_id: str) -> bytes:
        path = f"/resources/applicants/{quote(applicant_id, safe='')}/metadata/resources"
        return await self._read("resources", path)

    @asynccontextmanager
    async def image(self, applicant_id: str, image_id: str) -> AsyncIterator[Download]:
        """Opens one image or video for streaming."""
        path = f"/resources/applicants/{quote(applicant_id, safe='')}/resources/{quote(image_id, safe='')}"
        await self._budget.take(CallKind.READ)
        try:
            async with asyncio.timeout(DOWNLOAD_SECONDS), self._sent("image", "GET", path) as response:
                if response.status_code != 200:
                    raise await self._refusal("image", CallKind.READ, response)
                yield Download(_whole("image", response))
        except TimeoutError:
            raise Unanswered(PROVIDER, "image", f"the file did not come within {DOWNLOAD_SECONDS:g} s") from None

    async def _read(self, operation: str, path: str) -> bytes:
        """A GET is harmless: passing faults are tried again at once a few times, except "too many requests"."""
        for attempt in range(1, READ_ATTEMPTS + 1):
            try:
                return await self._once(operation, "GET", path)
            except VendorFault as fault:
                too_many = isinstance(fault, Answered) and fault.status == 429
                if not fault.passing or too_many or attempt == READ_ATTEMPTS:
                    raise
            await asyncio.sleep(0.1 * attempt * random.uniform(0.5, 1.5))  # noqa: S311 - not a secret
        raise AssertionError("unreachable")

    async def _once(self, operation: str, method: str, path: str, body: bytes = b"") -> bytes:
        """One call. Answers the body of a 2xx answer that is JSON; raises VendorFault for everything else."""
        kind = CallKind.READ if method == "GET" else CallKind.WRITE
        await self._budget.take(kind)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS), self._sent(operation, method, path, body) as response:
                if not response.is_success:
                    raise await self._refusal(operation, kind, response)
                content = await wire.read_limited(response, ANSWER_LIMIT)
        except TimeoutError:
            raise Unanswered(PROVIDER, operation, f"no whole answer within {DEADLINE_SECONDS:g} s") from None
        if content is None:
            raise Unanswered(PROVIDER, operation, "the answer is larger than 4 MB")
        if not isinstance(_parsed(content), dict):
            raise Unanswered(PROVIDER, operation, "the answer is not a JSON object")
        return content

    @asynccontextmanager
    async def _sent(self, operation: str, method: str, path: str, body: bytes = b"") -> AsyncIterator[httpx.Response]:
        timestamp = str(int(self._epoch()))
        request = httpx.Request(method, self._account.base_url + path, content=body)
        # What httpx made of the address is what is sent, so that is what is signed, from /resources on.
        signed = request.url.raw_path.decode().removeprefix(httpx.URL(self._account.base_url).path.rstrip("/"))
        request.headers["X-App-Token"] = self._account.app_token
        request.headers["X-App-Access-Ts"] = timestamp
        request.headers["X-App-Access-Sig"] = sign(self._account.secret_key, timestamp, method, signed, body)
        request.headers["Accept"] = "application/json" if operation != "image" else "*/*"
        request.headers["User-Agent"] = "gatehouse"
        try:
            response = await self._http.send(request, stream=True)
        except httpx.ConnectError as problem:
            raise NotSent(PROVIDER, operation, str(problem)) from None
        except httpx.HTTPError as problem:
            raise Unanswered(PROVIDER, operation, type(problem).__name__) from None
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Unanswered(PROVIDER, operation, "the answer is compressed, which was not asked for")
            yield response
        except httpx.HTTPError as problem:
            raise Unanswered(PROVIDER, operation, type(problem).__name__) from None
        finally:
            await response.aclose()

    async def _refusal(self, operation: str, kind: CallKind, response: httpx.Response) -> Answered:
        """The vendor's error in full, and "too many requests" told to everybody who shares the budget."""
        parsed = _parsed(await wire.read_limited(response, 64 * 1024) or b"")
        facts: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
        retry_after = _seconds(response.headers.get("retry-after"))
        if response.status_code == 429:
            retry_after = WINDOW_SECONDS if retry_after is None else retry_after
            await self._budget.block(kind, retry_after)
        return Answered(
            PROVIDER,
            operation,
            f"answered {response.status_code}",
            status=response.status_code,
            vendor_code=facts["errorCode"] if isinstance(facts.get("errorCode"), int) else None,
            vendor_name=_short(facts.get("errorName")),
            correlation_id=_short(facts.get("correlationId")),
            retry_after=retry_after,
        )


async def _whole(operation: str, response: httpx.Response) -> AsyncIterator[bytes]:
    """The body as it comes in; an end before the announced length is a broken answer, not a short file."""
    announced, seen = response.headers.get("content-length"), 0
    try:
        async for chunk in response.aiter_bytes():
            seen += len(chunk)
            yield chunk
    except httpx.HTTPError as problem:
        raise Unanswered(PROVIDER, operation, type(problem).__name__) from None
    if announced is not None and announced.isdigit() and int(announced) != seen:
        raise Unanswered(PROVIDER, operation, "the file broke off")


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _short(text: Any) -> str | None:
    return text[:120] if isinstance(text, str) else None


def _seconds(text: str | None) -> float | None:
    """The seconds form of Retry-After, at most two minutes; the date form is not used by Sumsub."""
    try:
        return min(max(float(text or ""), 0.0), RETRY_AFTER_CAP)
    except ValueError:
        return None
