"""The sandbox operator's rounds, beside the workers; there are none in production."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.service.context import WorkContext
from app.service.sandbox import sandbox_operator

log = structlog.get_logger(module=__name__)

ROUND_SECONDS = 0.5


async def run(context: WorkContext) -> None:
    """Goes round for ever. A database that is away is waited for."""
    operator = sandbox_operator.Operator(context)
    while True:
        try:
            await operator.go_round()
        except (SQLAlchemyError, OSError) as problem:
            log.warning("sandbox.away", error=type(problem).__name__)
        await asyncio.sleep(ROUND_SECONDS)
