"""Live subscriptions in groups: one execution and one encoding per event, the same bytes to every member.

A group's key holds everything that affects a response: document, operation, variables, tenant, rights, and the customer of a
customer's own token. A member first catches up by itself, from its cursor or the current state, and then joins its group
without a gap or a repeat, because both know their position in the event log. A member that falls behind loses nothing: it
leaves the group and catches up again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import structlog
from graphql import ExecutionResult, FieldNode, GraphQLError, VariableNode
from graphql import subscribe as subscribe_document

from api import schema
from api.errors import formatted
from api.serve import body
from api.serve.feed import Feed, Tail
from api.serve.gate import Asked, Gate, new_request_id
from app.domain.credential import Principal
from app.errors import GatehouseError
from app.log import place
from app.notify.notice import Notifier

log = structlog.get_logger(module=__name__)

# The number of messages that may wait for a slow member before it must catch up by itself.
BUFFER = 256
# The delay before a failed group is formed again.
REJOIN_SECONDS = 0.5
Send = Callable[[str], Awaitable[None]]


class Failed(Exception):
    """The failure of a subscription. `errors` are ready to be sent."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class Member:
    """One subscription of one socket. `position` is the number of the last event that was sent or skipped."""

    def __init__(self) -> None:
        self.position = 0
        self.overflowed = False
        self.over = False
        self._waiting: deque[tuple[int, str]] = deque()
        self._arrived = asyncio.Event()

    def offer(self, seq: int, payload: str) -> None:
        if len(self._waiting) >= BUFFER:
            self.overflowed = True
            self._waiting.clear()
        if not self.overflowed:
            self._waiting.append((seq, payload))
        self._arrived.set()

    def end(self) -> None:
        self.over = True
        self._arrived.set()

    def reset(self) -> None:
        self.overflowed = self.over = False
        self._waiting.clear()

    async def arrivals(self) -> AsyncIterator[str]:
        """Yields payloads that were not sent yet, until the group ends or the buffer overflows."""
        while not self.overflowed:
            while self._waiting:
                seq, payload = self._waiting.popleft()
                if seq > self.position:
                    self.position = seq
                    yield payload
            if self.over:
                return
            if self.overflowed:
                return
            self._arrived.clear()
            await self._arrived.wait()


class Group:
    """The members whose responses are equal. A group runs while it has members."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.members: set[Member] = set()
        self.task: asyncio.Task[None] | None = None

    async def run(self, results: AsyncIterator[str]) -> None:
        try:
            async for payload in results:
                seq = self.feed.position
                for member in self.members:
                    member.offer(seq, payload)
        except Exception as problem:  # the edge of a group: its members catch up by themselves and form a new one
            log.error("group.failed", error=type(problem).__name__, at=place(problem))
        finally:
            for member in self.members:
                member.end()


class Hub:
    """All live subscriptions of one gateway process."""

    def __init__(self, gate: Gate, notifier: Notifier) -> None:
        self._gate = gate
        self._notifier = notifier
        self._tails: dict[str, tuple[Tail, asyncio.Task[None]]] = {}
        self._groups: dict[Any, Group] = {}
        self._followers: dict[str, int] = {}

    async def serve(self, asked: Asked, principal: Principal, text: str, send: Send) -> None:
        """Serves one subscription until it ends. Raises Failed if it cannot be served."""
        tenant_id = principal.tenant_id
        self._followers[tenant_id] = self._followers.get(tenant_id, 0) + 1
        try:
            tail = await self._tail(tenant_id)
            await self._member(asked, principal, text, send, tail)
        finally:
            self._followers[tenant_id] -= 1
            if not self._followers[tenant_id]:
                await self._close_tail(tenant_id)

    async def _tail(self, tenant_id: str) -> Tail:
        if tenant_id not in self._tails:
            tail = Tail(self._gate.deps, self._notifier, tenant_id)
            self._tails[tenant_id] = (tail, asyncio.create_task(tail.start()))
        tail, started = self._tails[tenant_id]
        try:
            await asyncio.shield(started)
        except Exception:
            self._tails.pop(tenant_id, None)
            raise
        return tail

    async def _close_tail(self, tenant_id: str) -> None:
        found = self._tails.pop(tenant_id, None)
        if found:
            await found[0].stop()

    async def _member(self, asked: Asked, principal: Principal, text: str, send: Send, tail: Tail) -> None:
        member, start = Member(), None
        key = _key(asked, principal, text)
        while True:
            group = self._join(key, asked, principal, member, tail)
            try:
                feed = Feed(tail, start=start, until=lambda group=group: group.feed.position)  # type: ignore[misc]
                async for payload in self._results(asked, principal, feed):
                    await send(payload)
                member.position = start = feed.position
                if feed.ended:
                    return
                async for payload in member.arrivals():
                    await send(payload)
                start = member.position
                if member.over and not member.overflowed:
                    if group.feed.ended:
                        return
                    await asyncio.sleep(REJOIN_SECONDS)
            finally:
                self._leave(key, group, member)
            member.reset()

    def _join(self, key: Any, asked: Asked, principal: Principal, member: Member, tail: Tail) -> Group:
        group = self._groups.get(key)
        if group is None or (group.task is not None and group.task.done()):
            feed = Feed(tail, start=tail.position)
            group = self._groups[key] = Group(feed)
            group.task = asyncio.create_task(group.run(self._results(asked, principal, feed)))
        group.members.add(member)
        return group

    def _leave(self, key: Any, group: Group, member: Member) -> None:
        group.members.discard(member)
        if not group.members:
            if self._groups.get(key) is group:
                del self._groups[key]
            if group.task is not None:
                group.task.cancel()

    async def _results(self, asked: Asked, principal: Principal, feed: Feed) -> AsyncIterator[str]:
        """Yields the encoded responses of one run of the subscription over a feed. Raises Failed."""
        request_id = new_request_id()
        context = self._gate.context(principal, request_id)
        context.feed = feed
        stream: Any = subscribe_document(
            schema.core,
            asked.admitted.document,
            context_value=context,
            variable_values=asked.variables,
            operation_name=asked.name,
            hide_suggestions=True,
        )
        if not isinstance(stream, ExecutionResult) and not hasattr(stream, "__aiter__"):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            raise Failed(formatted(stream.errors or [], request_id))
        async with contextlib.aclosing(stream):
            try:
                async for result in stream:
                    yield _encoded(result, request_id)
            except (GatehouseError, GraphQLError) as problem:
                raise Failed(formatted([_graphql_error(problem)], request_id)) from None

    async def close(self) -> None:
        for group in list(self._groups.values()):
            if group.task is not None:
                group.task.cancel()
        for tenant_id in list(self._tails):
            await self._close_tail(tenant_id)


def _encoded(result: ExecutionResult, request_id: str) -> str:
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer = {"errors": formatted(result.errors, request_id), **answer}
    return body.encode(answer).decode()


def _graphql_error(problem: Exception) -> GraphQLError:
    return problem if isinstance(problem, GraphQLError) else GraphQLError(str(problem), original_error=problem)


def _key(asked: Asked, principal: Principal, text: str) -> Any:
    """Returns the key that is equal for subscriptions with the same bytes. Leaves out the position at which each begins."""
    field = next((node for node in asked.operation.selection_set.selections if isinstance(node, FieldNode)), None)
    places = {
        argument.value.name.value
        for argument in (field.arguments if field else None) or ()
        if argument.name.value == "after" and isinstance(argument.value, VariableNode)
    }
    variables = {name: value for name, value in asked.variables.items() if name not in places}
    return principal.tenant_id, principal.customer_id, principal.rights, asked.name, text, body.encode(variables)
