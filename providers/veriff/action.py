"""Veriff's implementation of each action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.domain.action import Action, ActionAnswer, ActionKind, AskRegistry, Delete, Subject, Submit
from providers.veriff.client import Client


async def act(client: Client, subject: Subject, action: Action) -> ActionAnswer:
    """Performs an action on a session. Raises VendorFault."""
    return await HANDLERS[action.kind](client, subject, action)


async def _submit(client: Client, subject: Subject, _: Submit) -> ActionAnswer:
    await client.submit_session(subject.reference)
    return ActionAnswer()


async def _delete(client: Client, subject: Subject, _: Delete) -> ActionAnswer:
    await client.delete_session(subject.reference)
    return ActionAnswer()


async def _ask_registry(client: Client, subject: Subject, asked: AskRegistry) -> ActionAnswer:
    await client.validate_registry(subject.reference, asked.data)
    return ActionAnswer()


HANDLERS: dict[ActionKind, Callable[[Client, Subject, Any], Awaitable[ActionAnswer]]] = {
    ActionKind.SUBMIT: _submit,
    ActionKind.DELETE: _delete,
    ActionKind.ASK_REGISTRY: _ask_registry,
}
