"""The gate of every operation, over HTTP or a socket: authentication, admission and execution."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
)
from graphql import execute as execute_document

from api import schema
from api.context import Context
from api.serve import visibility
from api.serve.admission import Admission, Admitted
from app.domain.credential import Principal
from app.domain.provider import Provider, ProviderName
from app.errors import BadRequest, Unauthenticated
from app.service.dependencies import Dependencies
from app.service.document.fetch import Fetcher
from app.service.trust import credential

# The seconds for which a proven credential is cached.
TRUST_SECONDS = 5.0
TRUSTED_MOST = 2_000
ANSWER_ERRORS = 10


@dataclass(frozen=True)
class Asked:
    """One requested operation."""

    admitted: Admitted
    operation: OperationDefinitionNode
    name: str | None
    variables: dict[str, Any]

    @property
    def kind(self) -> OperationType:
        return self.operation.operation


class Gate:
    def __init__(
        self,
        deps: Dependencies,
        providers: Mapping[ProviderName, Provider],
        fetcher: Fetcher,
        *,
        public_url: str,
        open_introspection: bool,
        introspection: bool,
        suggestions: bool,
        sandbox: bool,
    ) -> None:
        self.deps = deps
        self.admission = Admission(schema.core, suggestions=suggestions)
        self._providers = providers
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._public_url = public_url
        self._open_introspection = open_introspection
        self._introspection = introspection
        self._trusted: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def principal(self, authorization: str | None) -> Principal | None:
        """Returns the caller of an `Authorization` value, or None without one. Raises Unauthenticated for an invalid one."""
        if authorization is None:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated(credential.REFUSAL)
        at = self.deps.clock.now()
        known = self._trusted.get(token)
        fresh = known is not None and at.timestamp() - known[0] < TRUST_SECONDS
        if known is not None and fresh and (known[1].expires_at is None or known[1].expires_at > at):
            return known[1]
        self._trusted.pop(token, None)
        async with self.deps.database.reading() as connection:
            principal = await credential.prove(connection, token, at=at)
        self._trusted[token] = (at.timestamp(), principal)
        if len(self._trusted) > TRUSTED_MOST:
            self._trusted.popitem(last=False)
        return principal

    async def still_good(self, credential_ids: Collection[str]) -> set[str]:
        """Returns the credentials that have neither expired nor been revoked."""
        async with self.deps.database.reading() as connection:
            return await credential.still_good(connection, credential_ids, at=self.deps.clock.now())

    def ask(self, query: Any, variables: Any, name: Any) -> Asked:
        """Checks the shape of a request and admits its document. Raises BadRequest, QueryTooLarge, Refused."""
        if not isinstance(query, str):
            raise BadRequest("`query` must be a string that holds a GraphQL document.")
        if variables is not None and not isinstance(variables, dict):
            raise BadRequest("`variables` must be an object.")
        if name is not None and not isinstance(name, str):
            raise BadRequest("`operationName` must be a string.")
        admitted = self.admission.admit(query)
        operation = admitted.operation(name or None)
        if operation is None:
            known = ", ".join(sorted(filter(None, admitted.operations))) or "none"
            raise BadRequest(f"Name one of the document's operations in `operationName`: {known}."[:300])
        return Asked(admitted, operation, name or None, variables or {})

    def allow(self, asked: Asked, principal: Principal | None) -> None:
        """Raises Unauthenticated, Forbidden, or BadRequest (introspection is off) unless this caller may run the operation."""
        fields = _root_fields(asked)
        introspects = any(name in ("__schema", "__type") for name in fields)
        if introspects and not self._introspection:
            raise BadRequest("Introspection is switched off here.")
        if principal is None and not (self._open_introspection and all(name.startswith("__") for name in fields)):
            raise Unauthenticated(credential.REFUSAL)
        if principal is not None and principal.customer_id is not None:
            visibility.check(schema.core, asked.admitted.document)

    def context(self, principal: Principal | None, request_id: str) -> Context:
        return Context(self.deps, principal, request_id, self._public_url, self._providers, self._fetcher, self._sandbox)

    async def execute(self, asked: Asked, context: Context) -> ExecutionResult:
        """Runs a query or a mutation."""
        found = execute_document(
            schema.core,
            asked.admitted.document,
            context_value=context,
            variable_values=asked.variables,
            operation_name=asked.name,
            hide_suggestions=True,
            max_coercion_errors=ANSWER_ERRORS,
        )
        return found if isinstance(found, ExecutionResult) else await found


def new_request_id() -> str:
    return f"req_{secrets.token_hex(12)}"


def is_request_error(result: ExecutionResult) -> bool:
    """Returns whether an operation did not run at all, for example because of an invalid variable."""
    return result.data is None and bool(result.errors) and all(not error.path for error in result.errors or ())


def _root_fields(asked: Asked) -> list[str]:
    """Returns the names of an operation's root fields, including those in fragments. Reads every fragment once."""
    definitions = asked.admitted.document.definitions
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    names: list[str] = []
    seen: set[str] = set()
    waiting = [asked.operation.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            match selection:
                case FieldNode():
                    names.append(selection.name.value)
                case InlineFragmentNode():
                    waiting.append(selection.selection_set)
                case FragmentSpreadNode() if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    waiting.append(fragments[selection.name.value].selection_set)
    return names
