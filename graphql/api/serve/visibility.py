"""The fields that a customer's own token may read: the customer's own data, as far as it is meant for customers.

An allow-list refuses everything else, so a new field is never shown to customers by accident. Above all, nothing that reveals
screening, risk or suspicion may reach them, because that would be tipping off.
"""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, visit
from graphql.language import DocumentNode

from app.errors import Forbidden

EVERYTHING = None
FIELDS: dict[str, frozenset[str] | None] = {
    "Query": frozenset({"customer"}),
    # Mutations are not refused here. Those outside MUTATIONS refuse by themselves, each with its own code.
    "Mutation": EVERYTHING,
    "Subscription": frozenset({"customer"}),
    "Customer": frozenset({
        "id", "type", "email", "firstName", "lastName", "status", "kycStatus", "nextAction", "requiredInformation", "kycData",
        "kycOverview", "verification", "verificationLink", "createdAt", "updatedAt",
    }),
    "NextAction": frozenset({"code", "customerMessage", "since"}),
    "KycProcessOverview": frozenset({"process", "status", "updatedAt"}),
    "Verification": frozenset({"id", "provider", "stage", "link", "customerComment"}),
    "RequiredInformation": EVERYTHING,
    "KycData": EVERYTHING,
    "KycAddress": EVERYTHING,
    "KycDocument": EVERYTHING,
    "KycDocumentImage": EVERYTHING,
    "ImageRemark": EVERYTHING,
    "File": EVERYTHING,
    "UpdateKycDataPayload": EVERYTHING,
    "CreateUploadPayload": EVERYTHING,
    "Upload": EVERYTHING,
    "OpenVerificationPayload": EVERYTHING,
    "UserError": EVERYTHING,
}  # fmt: skip
# The mutations that a customer may run. All others return only their refusal.
MUTATIONS = frozenset({"updateKycData", "createUpload", "openVerification"})


def check(schema: GraphQLSchema, document: DocumentNode) -> None:
    """Raises Forbidden for the first field that is not for customers."""
    types = TypeInfo(schema)
    visit(document, TypeInfoVisitor(types, _Allowed(types)))


class _Allowed(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        parent = self._types.get_parent_type()
        name = node.name.value
        if parent is None or name.startswith("__"):
            return None
        if parent.name == "Mutation" and name not in MUTATIONS:
            return self.SKIP
        allowed = FIELDS.get(get_named_type(parent).name, frozenset())
        if allowed is not EVERYTHING and name not in allowed:
            raise Forbidden(f"A customer's own token may not read {parent.name}.{name}.")
        return None
