"""ASGI application of the twin: all routes and their handlers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sumsub.twin import access, applicant, control, document, hosted, importing, review
from providers.sumsub.twin.answer import Problem
from providers.sumsub.twin.desk import Handler, Twin
from providers.sumsub.twin.options import Options
from providers.twin.cut import knowing_its_connection

APPLICANT = "/resources/applicants/{id}"
# Method, path, operation, handler, and the parameter that names the subject of the call.
WIRE: tuple[tuple[str, str, str, Handler, str], ...] = (
    ("GET", "/resources/status/api", "health", access.health, ""),
    ("POST", "/resources/inspectionCallbacks/testDigest", "digest-test", access.digest, ""),
    ("POST", "/resources/accessTokens", "sdk-token-by-query", access.sdk_token_by_query_or_body, "userId"),
    ("POST", "/resources/accessTokens/sdk", "sdk-token", access.sdk_token, ""),
    ("POST", "/resources/accessTokens/shareToken", "share-token", access.share_token, ""),
    ("POST", "/resources/accessTokens/-/shareToken", "share-token-by-query", access.share_token_by_query, "applicantId"),
    ("POST", "/resources/sdkIntegrations/levels/-/websdkLink", "hosted-link", access.hosted_link, ""),
    ("POST", "/resources/sdkIntegrations/levels/{level}/websdkLink", "hosted-link-by-query", access.hosted_link_by_query, ""),
    ("POST", "/resources/api/reusableIdentity/reuse", "reuse", importing.reuse, "shareToken"),
    ("GET", "/resources/api/reusableIdentity/reuse/preview", "reuse-preview", importing.preview, "shareToken"),
    ("POST", "/resources/applicants/-/import", "import", importing.copy, "shareToken"),
    ("POST", "/resources/applicants/-/ingestCompleted", "import-completed", importing.completed, ""),
    ("POST", "/resources/applicants/-/applicantImport", "import-archive", importing.archive, ""),
    ("POST", "/resources/applicants", "create", applicant.create, ""),
    ("PATCH", "/resources/applicants", "change-top-level", applicant.change_top_level, ""),
    ("PATCH", "/resources/applicants/", "change-top-level", applicant.change_top_level, ""),
    (
        "GET",
        "/resources/applicants/-;externalUserId={external}/one",
        "applicant-by-external-id",
        applicant.read_by_external_id,
        "external",
    ),
    ("GET", f"{APPLICANT}/one", "applicant", applicant.read, "id"),
    ("POST", f"{APPLICANT}/moveToLevel", "change-level", applicant.change_level, "id"),
    ("POST", f"{APPLICANT}/requiredIdDocs", "required-documents", applicant.required_documents, "id"),
    ("PATCH", f"{APPLICANT}/fixedInfo", "change-fixed-info", applicant.change_fixed_info, "id"),
    ("POST", f"{APPLICANT}/blacklist", "block", applicant.block, "id"),
    ("PATCH", f"{APPLICANT}/presence/{{presence}}", "set-presence", applicant.set_presence, "id"),
    ("POST", f"{APPLICANT}/riskLevel/entries", "set-risk-level", applicant.set_risk_level, "id"),
    ("POST", f"{APPLICANT}/tags", "add-tags", applicant.add_tags, "id"),
    ("POST", f"{APPLICANT}/reset", "reset", applicant.reset, "id"),
    ("POST", f"{APPLICANT}/resetStep/{{step}}", "reset-step", applicant.reset_step, "id"),
    ("GET", "/resources/api/applicants/{id}/amlCase", "aml-case", applicant.aml_case, "id"),
    ("GET", f"{APPLICANT}/status", "review-status", review.status, "id"),
    ("GET", f"{APPLICANT}/requiredIdDocsStatus", "steps-status", review.steps, "id"),
    ("GET", "/resources/moderationStates/-;applicantId={id}", "moderation-states", review.moderation_states, "id"),
    ("POST", f"{APPLICANT}/status/pending", "request-check", review.request_check, "id"),
    ("POST", f"{APPLICANT}/status/testCompleted", "sandbox-verdict", review.set_verdict, "id"),
    ("POST", f"{APPLICANT}/info/idDoc", "add-document", document.add, "id"),
    ("GET", f"{APPLICANT}/metadata/resources", "resources", document.list_all, "id"),
    ("GET", f"{APPLICANT}/resources/{{image}}", "image", document.show, "id"),
    ("GET", "/resources/inspections/{inspection}/resources/{image}", "image-of-inspection", document.show, "image"),
    ("DELETE", "/resources/inspections/{inspection}/resources/{image}", "set-inactive", document.set_inactive, "image"),
)


def application(options: Options) -> Any:
    """Returns the twin's ASGI application. `/_twin/…` needs no signature, because it is for the operator of the twin."""
    twin = Twin(options)
    routes = [
        Route(address, twin.route(operation, handler, _named(subject)), methods=[method])
        for method, address, operation, handler, subject in WIRE
    ]
    application = Starlette(routes=[*routes, *hosted.routes(twin), *control.routes(twin)], exception_handlers={404: _nothing_here})
    application.router.redirect_slashes = False
    return knowing_its_connection(application)


def _named(parameter: str) -> Callable[[Request], str]:
    return lambda request: str(request.path_params.get(parameter) or request.query_params.get(parameter) or "")


async def _nothing_here(_: Request, __: Exception) -> Response:
    return Problem(404, "No such resource").response("req-unknown")


def welcome(options: Options, host: str, port: int) -> str:
    """Returns the start message of the command: the settings to use and an example that gets a share token."""
    address = f"http://{host}:{port}"
    names = ", ".join(options.scenarios)
    webhooks = options.webhook_url or "nowhere (give --webhook-url)"
    return (
        f"Sumsub's twin serves {address}\n"
        f"Point Gatehouse at it:\n"
        f"  GATEHOUSE_SUMSUB_BASE_URL={address}\n"
        f"  GATEHOUSE_SUMSUB_APP_TOKEN={options.app_token}\n"
        f"  GATEHOUSE_SUMSUB_SECRET_KEY={options.secret_key}\n"
        f"  GATEHOUSE_SUMSUB_WEBHOOK_SECRET={options.webhook_secret}\n"
        f'A share token: curl -d \'{{"scenario":"passport"}}\' {address}/_twin/share-tokens\n'
        f"Webhooks go to {webhooks}\n"
        f"Scenarios: {names}"
    )
