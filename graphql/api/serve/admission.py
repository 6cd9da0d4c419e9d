"""Admission of documents: parsed, priced and validated once, then known.

Pricing walks every fragment once, however often it is spread, so that a small document cannot cost much to refuse.
Known documents are kept in a cache bounded in count and in bytes; only what passed is admitted to it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    parse,
    validate,
)

from app.errors import QueryTooLarge

MAX_CHARACTERS = 30_000
MAX_TOKENS = 2_000
MAX_COMMENTS = 200
MAX_DEPTH = 12
# The introspection query of GraphiQL and other tools is this deep by itself; it is bounded by graphql-core's own rule.
MAX_INTROSPECTION_DEPTH = 20
MAX_ALIASES = 30
MAX_DIRECTIVES = 50
MAX_OPERATIONS = 20
MAX_COST = 30_000
MAX_ERRORS = 10
# The assumed length of a plain list, which is naturally bounded. Connections count the requested size.
PLAIN_LIST = 4
PAGE_DEFAULT, PAGE_MOST = 20, 100
MUTATION_COST = 500
CACHE_DOCUMENTS, CACHE_CHARACTERS = 1_000, 2_000_000


@dataclass(frozen=True)
class Admitted:
    """A document that may be executed."""

    document: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Returns the operation of this name, or without a name the only one. Returns None if no single one matches."""
        if name is None:
            return next(iter(self.operations.values())) if len(self.operations) == 1 else None
        return self.operations.get(name)


class Refused(Exception):
    """The document is not valid GraphQL for this schema; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


@dataclass(frozen=True)
class Price:
    cost: int
    depth: int


class Admission:
    def __init__(self, schema: GraphQLSchema, *, suggestions: bool) -> None:
        self._schema = schema
        self._suggestions = suggestions
        self._known: OrderedDict[str, Admitted] = OrderedDict()
        self._characters = 0

    def admit(self, text: str) -> Admitted:
        """Returns an admitted document. Raises QueryTooLarge if it exceeds a limit, Refused if it is invalid."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        admitted = self._examine(text)
        self._known[text] = admitted
        self._characters += len(text)
        while len(self._known) > CACHE_DOCUMENTS or self._characters > CACHE_CHARACTERS:
            forgotten, _ = self._known.popitem(last=False)
            self._characters -= len(forgotten)
        return admitted

    def _examine(self, text: str) -> Admitted:
        if len(text) > MAX_CHARACTERS:
            raise QueryTooLarge(f"A document has at most {MAX_CHARACTERS} characters.")
        try:
            document = parse(text, max_tokens=MAX_TOKENS, max_comments=MAX_COMMENTS)
        except GraphQLError as error:
            if "more than" in error.message or "too deeply" in error.message:
                raise QueryTooLarge(f"A document has at most {MAX_TOKENS} tokens and {MAX_COMMENTS} comments.") from None
            raise Refused([error]) from None
        _Pricing(self._schema, document).check()
        errors = validate(self._schema, document, max_errors=MAX_ERRORS, hide_suggestions=not self._suggestions)
        if errors:
            raise Refused(errors[:MAX_ERRORS])
        operations = {
            node.name.value if node.name else None: node
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        return Admitted(document, operations)


class _Pricing:
    """A single pass over a document that counts its elements and prices every fragment once."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        self._prices: dict[str, Price | None] = {}
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._aliases = 0
        self._directives = 0

    def check(self) -> None:
        if len(self._operations) > MAX_OPERATIONS:
            raise QueryTooLarge(f"A document has at most {MAX_OPERATIONS} operations.")
        for operation in self._operations:
            root = self._schema.get_root_type(operation.operation)
            price = self._selections(operation.selection_set, root, introspection=False)
            if operation.operation is OperationType.MUTATION:
                price = Price(price.cost + MUTATION_COST * len(operation.selection_set.selections), price.depth)
            if price.cost > MAX_COST:
                raise QueryTooLarge(f"The operation costs {price.cost}, at most {MAX_COST} are allowed: ask for less.")
        for name in self._fragments:
            self._fragment(name)

    def _selections(self, node: SelectionSetNode | None, parent: Any, *, introspection: bool, at: int = 1) -> Price:
        if node is None:
            return Price(0, 0)
        cost = depth = 0
        for selection in node.selections:
            self._directives += len(selection.directives or ())
            if self._directives > MAX_DIRECTIVES:
                raise QueryTooLarge(f"A document has at most {MAX_DIRECTIVES} directives.")
            match selection:
                case FieldNode():
                    price = self._field(selection, parent, introspection=introspection, at=at)
                case FragmentSpreadNode():
                    price = self._fragment(selection.name.value)
                case InlineFragmentNode():
                    on = selection.type_condition
                    kind = self._schema.get_type(on.name.value) if on else parent
                    price = self._selections(selection.selection_set, kind, introspection=introspection, at=at)
                case _:
                    price = Price(0, 0)
            cost += price.cost
            depth = max(depth, price.depth)
        limit = MAX_INTROSPECTION_DEPTH if introspection else MAX_DEPTH
        if depth > limit:
            raise QueryTooLarge(f"Fields are nested at most {limit} deep.")
        return Price(cost, depth)

    def _field(self, node: FieldNode, parent: Any, *, introspection: bool, at: int) -> Price:
        if node.alias:
            self._aliases += 1
            if self._aliases > MAX_ALIASES:
                raise QueryTooLarge(f"A document has at most {MAX_ALIASES} aliases.")
        name = node.name.value
        fields = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
        introspection = introspection or name.startswith("__")
        if at > MAX_INTROSPECTION_DEPTH:
            raise QueryTooLarge(f"Fields are nested at most {MAX_DEPTH} deep.")
        field = fields.get(name)
        inner = self._selections(
            node.selection_set, get_named_type(field.type) if field else None, introspection=introspection, at=at + 1
        )
        times = 1 if introspection else _times(node, field)
        # Introspection is bounded by its own rule; depth there does not count against the depth of data.
        return Price(1 + times * inner.cost, 0 if name in ("__schema", "__type") else 1 + inner.depth)

    def _fragment(self, name: str) -> Price:
        if name not in self._prices:
            self._prices[name] = None  # under way: a circle ends here, and validation names it
            node = self._fragments.get(name)
            if node is None:
                self._prices[name] = Price(0, 0)
            else:
                kind = self._schema.get_type(node.type_condition.name.value)
                introspection = bool(kind and kind.name.startswith("__"))
                self._prices[name] = self._selections(node.selection_set, kind, introspection=introspection)
        return self._prices[name] or Price(0, 0)


def _times(node: FieldNode, field: Any) -> int:
    """Returns the greatest number of objects that a field can return."""
    if field is None:
        return 1
    if "first" in field.args:
        asked = {argument.name.value: argument.value for argument in node.arguments or ()}
        sizes = [
            int(value.value) if isinstance(value, IntValueNode) and len(value.value) < 6 else PAGE_MOST
            for key, value in asked.items()
            if key in ("first", "last")
        ]
        return max(1, min(max(sizes, default=PAGE_DEFAULT), PAGE_MOST))
    kind = field.type
    while isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    return PLAIN_LIST if isinstance(kind, GraphQLList) else 1
