"""Tables of every vendor's calls and capabilities. `python -m providers.catalogue` writes them into docs/providers.md.

A test compares the tables with the clients, the twins' addresses, the GraphQL schema, and the tests that they name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.action import NEEDS_A_PERSON, ActionKind
from app.domain.process import KycProcess
from app.domain.provider import Capabilities, ProviderName, VendorRecord
from providers.sumsub.adapter import CAPABILITIES as SUMSUB
from providers.veriff.adapter import CAPABILITIES as VERIFF

DOCUMENT = Path(__file__).parents[1] / "docs" / "providers.md"
TEST = "tests/providers/test_calls.py"
NONE = "–"


@dataclass(frozen=True)
class Entry:
    """One call: its operation name in errors, logs and twins, the client's method, and the GraphQL field that triggers it
    (`Type.field`, or a mutation), or None if no field does."""

    provider: ProviderName
    operation: str
    method: str
    graphql: str | None


def _sumsub(operation: str, method: str, graphql: str | None) -> Entry:
    return Entry(ProviderName.SUMSUB, operation, method, graphql)


def _veriff(operation: str, method: str, graphql: str | None) -> Entry:
    return Entry(ProviderName.VERIFF, operation, method, graphql)


RECORD = "Verification.vendorRecord"
CALLS: tuple[Entry, ...] = (
    _sumsub("health", "service.health", None),
    _sumsub("digest-test", "service.digest", None),
    _sumsub("sdk-token", "access.sdk_token", "Mutation.createSdkToken"),
    _sumsub("sdk-token-by-query", "access.sdk_token_by_query", None),
    _sumsub("sdk-token-by-body", "access.sdk_token_by_body", None),
    _sumsub("hosted-link", "access.hosted_link", "Mutation.createVerificationLink"),
    _sumsub("hosted-link-by-query", "access.hosted_link_by_query", None),
    _sumsub("share-token", "access.share_token", "Mutation.shareVerification"),
    _sumsub("share-token-by-query", "access.share_token_by_query", None),
    _sumsub("reuse", "importing.reuse", "Mutation.createIngestion"),
    _sumsub("reuse-preview", "importing.preview", None),
    _sumsub("import", "importing.copy", "Mutation.createIngestion"),
    _sumsub("import-completed", "importing.completed", None),
    _sumsub("import-archive", "importing.archive", None),
    _sumsub("create", "applicants.create", "Mutation.startVerification"),
    _sumsub("applicant", "applicants.read", RECORD),
    _sumsub("applicant-by-external-id", "applicants.read_by_external_id", "Mutation.createIngestion"),
    _sumsub("change-level", "applicants.change_level", "Mutation.changeVerificationLevel"),
    _sumsub("required-documents", "applicants.required_documents", RECORD),
    _sumsub("change-fixed-info", "applicants.change_fixed_info", "Mutation.correctApplicant"),
    _sumsub("change-top-level", "applicants.change_top_level", "Mutation.correctApplicant"),
    _sumsub("block", "applicants.block", "Mutation.blockApplicant"),
    _sumsub("set-presence", "applicants.set_presence", "Mutation.setApplicantPresence"),
    _sumsub("set-risk-level", "applicants.set_risk_level", "Mutation.setRiskLevel"),
    _sumsub("add-tags", "applicants.add_tags", "Mutation.tagCustomer"),
    _sumsub("reset", "applicants.reset", "Mutation.resetVerification"),
    _sumsub("reset-step", "applicants.reset_step", "Mutation.resetVerificationStep"),
    _sumsub("aml-case", "applicants.aml_case", "Customer.aml"),
    _sumsub("review-status", "reviews.status", "Customer.verification"),
    _sumsub("steps-status", "reviews.steps", "Verification.steps"),
    _sumsub("moderation-states", "reviews.moderation_states", "Verification.buttons"),
    _sumsub("request-check", "reviews.request_check", "Mutation.requestRecheck"),
    _sumsub("sandbox-verdict", "reviews.set_sandbox_verdict", "Mutation.setSandboxVerdict"),
    _sumsub("add-document", "documents.add", "Mutation.startVerification"),
    _sumsub("resources", "documents.list", RECORD),
    _sumsub("image", "documents.image", "IdentityResult.files"),
    _sumsub("image-of-inspection", "documents.image_of_inspection", None),
    _sumsub("set-inactive", "documents.set_inactive", "Mutation.setDocumentInactive"),
    _veriff("create-session", "create_session", "Mutation.startVerification"),
    _veriff("submit-session", "submit_session", "Mutation.submitVerification"),
    _veriff("delete-session", "delete_session", "Mutation.deleteVerification"),
    _veriff("add-media", "add_media", None),
    _veriff("add-collected-data", "add_collected_data", None),
    _veriff("decision", "decision", "Customer.verification"),
    _veriff("full-auto-decision", "full_auto_decision", RECORD),
    _veriff("person", "person", RECORD),
    _veriff("attempts", "attempts", RECORD),
    _veriff("session-media", "media", RECORD),
    _veriff("attempt-media", "attempt_media", None),
    _veriff("media", "file", "IdentityResult.files"),
    _veriff("watchlist-screening", "watchlist_screening", "Customer.aml"),
    _veriff("validate-registry", "validate_registry", "Mutation.askRegistry"),
    _veriff("validate-registry-at-once", "validate_registry_at_once", None),
)
ABLE: tuple[Capabilities, ...] = (SUMSUB, VERIFF)


def calls() -> Iterator[str]:
    yield "| vendor | call | client method | GraphQL | test |"
    yield "| --- | --- | --- | --- | --- |"
    for entry in CALLS:
        vendor = entry.provider.lower()
        test = f"`{TEST}` [{vendor}-{entry.operation}]"
        graphql = f"`{entry.graphql}`" if entry.graphql else NONE
        yield f"| {vendor} | `{entry.operation}` | `{entry.method}` | {graphql} | {test} |"


def capabilities() -> Iterator[str]:
    yield "| | " + " | ".join(able.name.lower() for able in ABLE) + " |"
    yield "| --- |" + " --- |" * len(ABLE)
    for process in KycProcess:
        yield _row(f"process {process}", [process in able.processes for able in ABLE])
    for source in sorted({source for able in ABLE for source in able.sources}):
        yield _row(f"source {source}", [source in able.sources for able in ABLE])
    for kind in ActionKind:
        who = " (a person)" if kind in NEEDS_A_PERSON else ""
        yield _row(f"action {kind}{who}", [kind in able.actions for able in ABLE])
    for record in VendorRecord:
        yield _row(f"record {record}", [record in able.records for able in ABLE])


def _row(what: str, able: list[bool]) -> str:
    return f"| {what} | " + " | ".join("yes" if one else NONE for one in able) + " |"


def written(text: str) -> str:
    """Returns the document with its generated tables up to date."""
    for name, lines in (("calls", calls()), ("capabilities", capabilities())):
        begin, end = f"<!-- {name}: generated -->\n", f"<!-- {name}: end -->"
        head, _, rest = text.partition(begin)
        text = head + begin + "\n".join(lines) + "\n" + end + rest.partition(end)[2]
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
