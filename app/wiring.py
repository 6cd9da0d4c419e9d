"""What every process of Gatehouse opens: database, key ring, pulse. The web and the worker process add their own parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app import db
from app.clock import SystemClock
from app.config import Settings
from app.domain.start import Policy
from app.pulse import Pulse, RedisPulse
from app.service import event, keyring
from app.service.core import Core


@dataclass(frozen=True)
class Parts:
    core: Core
    pulse: Pulse


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """Opens the parts, and closes them in reverse order."""
    database = db.Database(settings.database_url, write_events=event.write)
    pulse = RedisPulse(settings.redis_url) if settings.redis_url else Pulse()
    database.on_commit(lambda committed: pulse.beat() if committed.tenants else None)
    await pulse.start()
    try:
        policy = Policy(settings.designated_services, settings.starts_per_day, settings.start_needs_second_person)
        core = Core(database, keyring.load(settings), SystemClock(), settings.expected_stay_seconds, policy)
        yield Parts(core, pulse)
    finally:
        await pulse.stop()
        await database.close()
