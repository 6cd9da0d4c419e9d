"""Relay's Node, and the shapes of edges and connections."""

from __future__ import annotations

from typing import Generic, TypeVar

import strawberry

from api.relay.connection import Page, PageInfo

N = TypeVar("N")
MASK = "***"


@strawberry.interface(description="Anything that has an id of its own and can be read again with `node(id:)`.")
class Node:
    id: strawberry.ID = strawberry.field(description="A TypeID: a prefix that names the kind, then a sortable UUIDv7.")


@strawberry.type(description="One place in a list.")
class Edge(Generic[N]):
    node: N = strawberry.field(description="The object at this place of the list.")
    cursor: str = strawberry.field(description="Opaque: give it to `after` or `before` to go on from here.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[N]):
    edges: list[Edge[N]] = strawberry.field(description="The places of this page, with their cursors.")
    nodes: list[N] = strawberry.field(description="The objects of this page, in list order.")
    page_info: PageInfo = strawberry.field(description="The position of this page in the list.")


def connection(page: Page, nodes: list[N]) -> Connection[N]:
    edges = [Edge(node=node, cursor=cursor) for node, cursor in zip(nodes, page.cursors, strict=True)]
    return Connection(edges=edges, nodes=nodes, page_info=page.info)


def masked(text: str | None, *, clear: bool) -> str | None:
    """Returns a personal text, or the mask unless the caller may see it."""
    return text if clear or text is None else MASK
