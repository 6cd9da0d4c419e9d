"""The composition of the web process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from redis.asyncio import Redis
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route, WebSocketRoute

from api.serve.endpoint import Endpoint
from api.serve.gate import Gate
from api.serve.graphiql import GraphiQL
from api.serve.live import Hub
from api.serve.socket_server import Sockets
from app import wiring
from app.config import Settings
from app.notify import background
from app.service.context import WorkContext
from app.service.dependencies import Dependencies
from app.store import migrate
from app.web import file, health, hosted, pointer, upload, webhook
from tasks import pool

# The endpoint refuses other methods itself, with a GraphQL error.
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@asynccontextmanager
async def gateway(settings: Settings) -> AsyncIterator[Starlette]:
    """Opens the application with everything it needs, and closes it in reverse order when the block ends."""
    await migrate.ready(settings.database_url)
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(wiring.opened(settings))
        deps = parts.deps
        queue, waker = await stack.enter_async_context(pool.waking(settings, deps))
        context = await stack.enter_async_context(pool.work_context(settings, deps))
        if not settings.redis_url:
            await stack.enter_async_context(pool.working(queue, waker, context, concurrency=settings.worker_concurrency))
        gate = Gate(
            deps,
            context.providers,
            context.receiver.fetcher,
            public_url=settings.public_url,
            open_introspection=settings.introspection_on,
            introspection=settings.introspection is not False,
            suggestions=settings.introspection_on,
            sandbox=not settings.production,
        )
        hub = Hub(gate, parts.notifier)
        stack.push_async_callback(hub.close)
        sockets = Sockets(gate, hub, settings.cors_origins)
        stack.push_async_callback(background.end, asyncio.create_task(sockets.watch()))
        stack.push_async_callback(sockets.close)
        routes = [*_graphql(settings, gate, sockets), *_web(settings, deps, context)]
        yield Starlette(routes=routes, middleware=_middleware(settings))


def _graphql(settings: Settings, gate: Gate, sockets: Sockets) -> list[BaseRoute]:
    graphiql = GraphiQL() if settings.graphiql_on else None
    return [
        Route("/graphql", Endpoint(gate, graphiql).handle, methods=METHODS),
        WebSocketRoute("/graphql", sockets.handle),
        *([Route("/graphql/assets/{name}", graphiql.asset)] if graphiql else []),
    ]


def _web(settings: Settings, deps: Dependencies, context: WorkContext) -> list[BaseRoute]:
    """Returns the routes other than GraphQL's."""
    page = hosted.Hosted(deps)
    return [
        Route("/", pointer.pointer),
        Route("/verify/assets/{name}", page.asset),
        Route("/verify/{token}", page.page),
        Route("/verify/{token}/session", page.session, methods=["POST"]),
        Route("/uploads/{token}", upload.Uploads(context.receiver).handle, methods=["PUT"]),
        Route("/files/{token}", file.Files(deps, context.blobs).handle),
        Route("/webhooks/{provider}", webhook.Webhooks(deps, context.providers).handle, methods=["POST"]),
        Route("/livez", health.livez),
        Route("/readyz", health.Readiness(_checks(settings, deps, context)).handle),
        Route("/metrics", health.Metrics(deps).handle),
    ]


def _middleware(settings: Settings) -> list[Middleware]:
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "PUT"],
            allow_headers=["authorization", "content-type"],
        )
    ]


def _checks(settings: Settings, deps: Dependencies, context: WorkContext) -> dict[str, health.Check]:
    async def database() -> bool:
        async with deps.database.reading() as connection:
            return bool((await connection.execute(select(1))).scalar() == 1)

    checks: dict[str, health.Check] = {"database": database, "blobs": context.blobs.reachable}
    if settings.redis_url:
        redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)

        async def broker_() -> bool:
            return bool(await redis.ping())

        checks["broker"] = broker_
    return checks
