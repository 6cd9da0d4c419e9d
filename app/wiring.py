"""The parts that every process of Gatehouse opens: database, key ring, notices. The web and the worker process add their
own parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.clock import MovableClock, SystemClock
from app.config import Settings
from app.domain.screening import Screenings
from app.domain.start import Policy
from app.notify import background
from app.notify.notice import Notifier, RedisNotifier
from app.service import consequence, event
from app.service.dependencies import Dependencies
from app.service.sandbox import clock as sandbox_clock
from app.service.trust import keyring
from app.store import db

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Parts:
    deps: Dependencies
    notifier: Notifier


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """Opens the parts, and closes them in reverse order."""
    database = db.Database(settings.database_url, write_events=event.write, movable_clock=not settings.production)
    notifier = RedisNotifier(settings.redis_url) if settings.redis_url else Notifier()
    database.on_commit(lambda committed: notifier.notify() if committed.tenants else None)
    await notifier.start()
    clock = SystemClock() if settings.production else MovableClock()
    if isinstance(clock, MovableClock):
        await sandbox_clock.refresh(database, clock)
    following = asyncio.create_task(sandbox_clock.follow(database, clock)) if isinstance(clock, MovableClock) else None
    try:
        policy = Policy(settings.designated_services, settings.starts_per_day, settings.start_needs_second_person)
        decision = None if settings.production else settings.sandbox_decision_seconds
        screening = Screenings(settings.screeners, settings.rescreen_days * DAY_SECONDS, settings.aml_needs_second_person)
        deps = Dependencies(database, keyring.load(settings), clock, settings.expected_stay_seconds, policy, screening, decision)
        consequence.attach(deps, database)
        yield Parts(deps, notifier)
    finally:
        await background.end(following)
        await notifier.stop()
        await database.close()
