"""A worker that ends at a chosen step: before or after a transaction, before or after a call."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from app.store.db import transaction


class Killed(BaseException):
    """The process ends here: nothing after it runs, and nothing is put back."""


class Fuse:
    """Counts the steps of a worker and ends it before the given one; 0 never does."""

    def __init__(self) -> None:
        self.steps, self.at, self.kills = 0, 0, 0

    def set(self, at: int) -> None:
        self.steps, self.at = 0, at

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            self.kills += 1
            raise Killed

    @contextlib.asynccontextmanager
    async def transaction(self, database: Any) -> AsyncIterator[Any]:
        """In place of `app.store.db.transaction`."""
        self.step()
        async with transaction(database) as session:
            yield session
        self.step()
