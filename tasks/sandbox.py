"""The sandbox operator's loop, beside the workers. It does not run in production."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.service.context import WorkContext
from app.service.sandbox import sandbox_operator

log = structlog.get_logger(module=__name__)

ROUND_SECONDS = 0.5


async def run(context: WorkContext) -> None:
    """Runs the sandbox operator until cancelled. Retries while the database is down."""
    operator = sandbox_operator.Operator(context)
    while True:
        try:
            await operator.go_round()
        except (SQLAlchemyError, OSError) as problem:
            log.warning("sandbox.away", error=type(problem).__name__)
        await asyncio.sleep(ROUND_SECONDS)
