"""Relay connections with keyset cursors: a page is selected by its first key, so a deep page costs no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from api.context import Context
from api.scalars import given
from app.errors import BadRequest
from app.service.trust import cursor
from app.store.page import Keyset

PAGE_DEFAULT, PAGE_MOST = 20, 100

First = Annotated[int | None, strawberry.argument(description="Take this many from the beginning, at most 100.")]
After = Annotated[str | None, strawberry.argument(description="Begin behind this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="Take this many from the end, at most 100.")]
Before = Annotated[str | None, strawberry.argument(description="End in front of this cursor.")]


@strawberry.type(description="The position of a page in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="True if more items follow this page.")
    has_previous_page: bool = strawberry.field(description="True if items precede this page.")
    start_cursor: str | None = strawberry.field(description="The first edge's cursor; null for an empty page.")
    end_cursor: str | None = strawberry.field(description="The last edge's cursor; null for an empty page.")


@dataclass(frozen=True)
class Window:
    """The requested part of a list: `size` items after `after` or, backwards, before `before`."""

    size: int
    backwards: bool
    after: str | None
    before: str | None


def window(first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    """Returns the requested part. Raises BadRequest for sizes outside 0 to PAGE_MOST and for both directions at once."""
    first, after, last, before = map(given, (first, after, last, before))
    if first is not None and last is not None:
        raise BadRequest("Give first or last, not both.")
    size = first if first is not None else last if last is not None else PAGE_DEFAULT
    if not 0 <= size <= PAGE_MOST:
        raise BadRequest(f"first and last lie between 0 and {PAGE_MOST}.")
    return Window(size, last is not None, after, before)


@dataclass(frozen=True)
class Page:
    """The rows of a page in list order, with their cursors."""

    rows: Sequence[Any]
    cursors: Sequence[str]
    info: PageInfo


def page_of(rows: Sequence[Any], asked: Window, make_cursor: Callable[[Any], str]) -> Page:
    """Returns a page from up to `size + 1` rows in reading direction. The extra row shows that more items follow."""
    more = len(rows) > asked.size
    kept = list(rows[: asked.size])
    if asked.backwards:
        kept.reverse()
    cursors = [make_cursor(row) for row in kept]
    return Page(
        kept,
        cursors,
        PageInfo(
            has_next_page=more if not asked.backwards else asked.before is not None,
            has_previous_page=more if asked.backwards else asked.after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )


async def newest_first(
    context: Context, kind: str, read: Callable[..., Awaitable[Sequence[Any]]], wanted: object, asked: Window
) -> Page:
    """Returns a page of a list ordered by id, newest first. `read` is the `page` of a service and `wanted` its filter."""

    def place(text: str | None) -> str | None:
        return None if text is None else str(cursor.decode(context.deps.vault, kind, context.tenant_id, text)[0])

    keyset = Keyset(asked.size + 1, asked.backwards, place(asked.after), place(asked.before))
    async with context.deps.database.reading() as connection:
        rows = await read(connection, context.tenant_id, wanted, keyset)
    return page_of(rows, asked, lambda row: cursor.encode(context.deps.vault, kind, context.tenant_id, row.id))
