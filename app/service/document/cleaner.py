"""Cleaning of untrusted files: each is opened and rewritten in a separate, sandboxed process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import orjson

from app.domain import upload
from app.domain.upload import Remark
from app.errors import GatehouseError

SECONDS = 30.0
# The number of files opened at the same time. Each may briefly use a gigabyte of memory.
AT_ONCE = 2
CLEAN_MOST = 64 * 1024 * 1024


class Unusable(GatehouseError):
    """A file that is refused. `remark` explains the reason to the customer."""

    code = "UNUSABLE_FILE"

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code)
        self.remark = remark


@dataclass(frozen=True)
class Cleaned:
    content: bytes = field(repr=False)
    warnings: tuple[Remark, ...] = ()

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self.content


class Cleaner:
    """A cleaner of untrusted files that runs at most AT_ONCE processes."""

    def __init__(self) -> None:
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def clean(self, content_type: str, content: AsyncIterator[bytes]) -> Cleaned:
        """Returns the file without metadata and active content. Raises Unusable."""
        async with self._gate:
            whole = b"".join([chunk async for chunk in content])
            answer = await self._run(content_type, whole)
        head, _, cleaned = answer.partition(b"\n")
        try:
            told = orjson.loads(head)
        except orjson.JSONDecodeError:
            # A limit killed the process before it wrote its result.
            raise Unusable(upload.TOO_COSTLY) from None
        if "refused" in told:
            raise Unusable(Remark(**told["refused"]))
        if not cleaned or len(cleaned) > CLEAN_MOST:
            raise Unusable(upload.TOO_COSTLY)
        return Cleaned(cleaned, tuple(Remark(**warning) for warning in told["warnings"]))

    async def _run(self, content_type: str, content: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "app.child.cleaner", content_type),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(SECONDS):
                answer, _ = await process.communicate(content)
        except TimeoutError:
            raise Unusable(upload.TOO_COSTLY) from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return answer
