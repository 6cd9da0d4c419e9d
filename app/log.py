"""Logging: an event name and keys, one JSON line each on standard error. No personal data, no secrets, no queries."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

# The values of these keys are always redacted.
FORBIDDEN_KEYS = frozenset(
    {"authorization", "token", "share_token", "secret", "password", "email", "name", "variables", "query", "body"}
)


def redact(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: "[redacted]" if key in FORBIDDEN_KEYS else value for key, value in entry.items()}


def configure(level: str) -> None:
    """Sets up structlog for the process; the libraries' own loggers are held at WARNING, and lose their arguments."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # Dramatiq and aiohttp would print message arguments and addresses with their queries.
    logging.getLogger("dramatiq").setLevel(logging.ERROR)
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            redact,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper(), logging.INFO)),
        # Standard error as it is at each line, so that it may be redirected.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def place(problem: BaseException) -> str:
    """Returns the file and line at which an exception was raised, without any values."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "unknown"
