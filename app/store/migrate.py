"""Migrations: Alembic scripts in app/store/migrations. They run by command or, for the embedded database, at the start."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from app.errors import ConfigurationFault

SCRIPTS = Path(__file__).parent / "migrations"


def config(url: str) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS))
    settings.attributes["url"] = url
    return settings


async def upgrade(url: str) -> None:
    """Migrates the database to the newest schema. Safe to repeat, and to run in several processes at once."""
    if url.startswith("sqlite"):
        Path(url.split("///", 1)[1]).parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(command.upgrade, config(url), "head")


async def pending(url: str) -> bool:
    """Returns whether the database lacks migrations that this version has."""
    head = ScriptDirectory.from_config(config(url)).get_current_head()
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_current) != head
    finally:
        await engine.dispose()


def _current(connection: Any) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def require_current(url: str) -> None:
    """Raises ConfigurationFault, naming the command to run, while migrations are pending."""
    if await pending(url):
        raise ConfigurationFault(["The database lacks migrations. Run: gatehouse db upgrade"])


async def ready(url: str) -> None:
    """Migrates an embedded database. Raises ConfigurationFault if a PostgreSQL database has pending migrations."""
    await (upgrade(url) if url.startswith("sqlite") else require_current(url))
