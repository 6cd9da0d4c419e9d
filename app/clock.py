"""Clocks, passed in as dependencies: services and rules never read the operating system's clock themselves."""

from __future__ import annotations

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    def now(self) -> dt.datetime:
        """Returns the present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


class MovableClock(SystemClock):
    """The sandbox's clock: the system's clock plus an offset in seconds, which `move` sets."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> dt.datetime:
        return super().now() + dt.timedelta(seconds=self._ahead)

    def move(self, ahead: float) -> None:
        self._ahead = ahead
