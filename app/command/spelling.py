"""Misspelt settings: names with the prefix GATEHOUSE_ that no setting has, in the environment or in `.env`."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from app.config import Settings

PREFIX = "GATEHOUSE_"


@dataclass(frozen=True)
class Misspelt:
    """A name that no setting has, where it was found, and the most similar setting."""

    name: str
    place: str
    meant: str | None

    @property
    def remedy(self) -> str:
        """Returns what to do about it."""
        return f"Did you mean {self.meant}?" if self.meant else "Remove it, or look its name up in docs/settings.md."


def known() -> list[str]:
    """Returns the environment names of all settings."""
    return [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def misspelt() -> list[Misspelt]:
    """Returns every unknown name with our prefix in the environment and in `.env`, without values."""
    return [*_unknown(os.environ, "environment"), *_unknown(_file(), ".env")]


def _file() -> Iterable[str]:
    path = Path(str(Settings.model_config.get("env_file")))
    return dotenv_values(path) if path.is_file() else ()


def _unknown(names: Iterable[str], place: str) -> Iterator[Misspelt]:
    settings = known()
    for name in sorted(names):
        if name.upper().startswith(PREFIX) and name.upper() not in settings:
            near = difflib.get_close_matches(name.upper(), settings, n=1)
            yield Misspelt(name, place, near[0] if near else None)
