"""Alembic's entry: one connection from the address that `app.store.migrate` hands over."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import app.model  # noqa: F401 - registers the tables


def _run(connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        # Several processes may start at once: the first one migrates, the others wait for it.
        connection.execute(text("SELECT pg_advisory_xact_lock(724283001)"))
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    engine = create_async_engine(context.config.attributes["url"])
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


asyncio.run(_online())
