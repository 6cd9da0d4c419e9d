"""`gatehouse credentials …`: issue, list and revoke."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Optional

import typer

from app.clock import SystemClock
from app.command.terminal import opened, run, say, span
from app.domain.credential import CredentialKind, Right, Role

app = typer.Typer(help="Issue, list and revoke credentials.", no_args_is_help=True)


@app.command("issue")
def credentials_issue(
    kind: Annotated[CredentialKind, typer.Option(help="api-key for machines, person for people.")],
    role: Annotated[Role, typer.Option(help="service (API keys); back-office, compliance or admin (people).")],
    name: Annotated[str, typer.Option(help="The owner's name, shown in lists and in the audit trail.")],
    tenant: Annotated[str, typer.Option(help="The firm it belongs to; created if it is new.")] = "default",
    scope: Annotated[Optional[list[str]], typer.Option(help="persons:read lets an API key read personal data.")] = None,
    expires_in: Annotated[Optional[str], typer.Option(help="For example 12h or 30d. Never, if omitted.")] = None,
) -> None:
    """Prints a new credential, alone on standard output. It cannot be shown again."""
    scopes = []
    for text in scope or []:
        if text not in list(Right):
            raise typer.BadParameter(f"{text!r} is not a scope; use persons:read", param_hint="--scope")
        scopes.append(Right(text))
    if not name.strip() or len(name) > 200:
        raise typer.BadParameter("give a name of 1 to 200 characters", param_hint="--name")
    life = span(expires_in, "--expires-in") if expires_in is not None else None
    run(_issue(kind, role, name, tenant, scopes, life))


async def _issue(kind: CredentialKind, role: Role, name: str, tenant: str, scopes: list[Right], life: dt.timedelta | None) -> None:
    from app import config
    from app.service.trust import credential
    from app.store.db import transaction

    settings = config.load()
    at = SystemClock().now()
    async with opened(settings) as parts, transaction(parts.deps.database) as session:
        tenant_id = await credential.ensure_tenant(session, tenant, at=at)
        token = await credential.issue(
            session,
            tenant_id=tenant_id,
            kind=kind,
            role=role,
            name=name,
            scopes=scopes,
            live=settings.production,
            at=at,
            expires_at=at + life if life else None,
        )
    print(token)


@app.command("list")
def credentials_list(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False) -> None:
    """Prints one line per credential, its id first. Only digests are stored, so no credential can be shown."""
    run(_list(as_json))


async def _list(as_json: bool) -> None:
    from app import config
    from app.service.trust import credential

    at = SystemClock().now()
    async with opened(config.load()) as parts, parts.deps.database.reading() as connection:
        rows = await credential.listing(connection)
    entries = [
        {
            "id": row.id,
            "tenant": row.tenant,
            "kind": row.kind,
            "role": row.role,
            "name": row.name,
            "scopes": row.scopes,
            "createdAt": row.created_at.isoformat(),
            "expiresAt": row.expires_at.isoformat() if row.expires_at else None,
            "state": "good" if credential.good(row, at) else "revoked" if row.revoked_at else "expired",
        }
        for row in rows
    ]
    if as_json:
        print(json.dumps(entries, indent=2))
        return
    for entry in entries:
        scopes = "+" + ",".join(entry["scopes"]) if entry["scopes"] else ""
        print(f"{entry['id']}  {entry['tenant']}  {entry['kind']}  {entry['role']}{scopes}  {entry['state']}  {entry['name']}")


@app.command("revoke")
def credentials_revoke(
    credential_id: Annotated[str, typer.Argument(metavar="ID", help="The credential's id, from gatehouse credentials list.")],
) -> None:
    """Revokes a credential. Its open sockets close within ten seconds."""
    run(_revoke(credential_id))


async def _revoke(credential_id: str) -> None:
    from app import config
    from app.service.trust import credential
    from app.store.db import transaction

    async with opened(config.load()) as parts, transaction(parts.deps.database) as session:
        done = await credential.revoke(session, credential_id, at=SystemClock().now())
    if not done:
        say(f"No active credential has the id {credential_id}. See: gatehouse credentials list")
        raise typer.Exit(1)
    say(f"{credential_id} is revoked")
