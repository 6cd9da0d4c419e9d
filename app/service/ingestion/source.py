"""The source of an ingestion: checked as a whole, stored as one text and read back as references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from app.domain.ingestion import APPLICANT_ID, APPLICANT_ID_LIMIT, SESSION_ID, SHARE_TOKEN_LIMIT, SourceKind
from app.domain.process import KycProcess
from app.domain.provider import Capabilities, ProviderName
from app.domain.reference import Reference
from app.errors import UserFault
from app.service.trust import validation

FIELD = {SourceKind.SHARE_TOKEN: "shareToken", SourceKind.APPLICANT_ID: "applicantId"}
LIMIT = {SourceKind.SHARE_TOKEN: SHARE_TOKEN_LIMIT, SourceKind.APPLICANT_ID: APPLICANT_ID_LIMIT}
MOST_SESSIONS = 20


@dataclass(frozen=True)
class Source:
    """The source of an ingestion. `text` is the share token (secret) or the applicant id. `sessions` lists verifications."""

    provider: ProviderName
    kind: SourceKind
    text: str = field(default="", repr=False)
    sessions: tuple[Reference, ...] = ()

    @property
    def path(self) -> list[str]:
        place = ["input", "source", self.provider.lower()]
        return [*place, FIELD[self.kind]] if self.kind in FIELD else [*place, "sessions"]

    def stored(self, wanted: Sequence[KycProcess], offered: Mapping[str, tuple[KycProcess, ...]]) -> bytes:
        """Returns the text to store, sealed, until the ingestion finishes. For sessions it includes the processes of each."""
        if self.kind is not SourceKind.SESSIONS:
            return self.text.encode()
        shares = [Reference(item.id, item.integration, _shared(item, wanted, offered)) for item in self.sessions]
        return orjson.dumps([share.plain() for share in shares])

    @property
    def canonical(self) -> object:
        return [self.provider, self.kind, self.text, [item.plain() for item in self.sessions]]


def references(kind: SourceKind, stored: bytes) -> tuple[Reference, ...]:
    """Returns the stored references of a source that uses the provider's own ids."""
    if kind is SourceKind.SESSIONS:
        return tuple(Reference.of(plain) for plain in orjson.loads(stored))
    return (Reference(stored.decode()),)


def faults(source: Source, capabilities: Capabilities | None) -> Iterator[UserFault]:
    """Yields every fault of a source."""
    if source.kind is SourceKind.SESSIONS:
        yield from _session_faults(source, capabilities.integrations) if capabilities else ()
    else:
        found = list(validation.text(source.text, source.path, limit=LIMIT[source.kind]))
        if not found and source.text != source.text.strip():
            found.append(
                UserFault("BLANKS_AROUND", "This must not begin or end with a blank.", source.path, "Paste it without blanks.")
            )
        if not found and source.kind is SourceKind.APPLICANT_ID and not APPLICANT_ID.fullmatch(source.text):
            found.append(UserFault("INVALID_ID", "An applicant id consists of letters, digits, - and _.", source.path))
        yield from found
    if capabilities is None:
        yield UserFault(
            "PROVIDER_NOT_CONFIGURED",
            f"{source.provider.capitalize()} is not configured here.",
            ["input", "source", source.provider.lower()],
            f"The operator sets its credentials in GATEHOUSE_{source.provider}_…; docs/settings.md names them.",
        )


def _session_faults(source: Source, integrations: Mapping[str, tuple[KycProcess, ...]]) -> Iterator[UserFault]:
    if not source.sessions:
        yield UserFault("NO_SESSIONS", "Name at least one session.", source.path)
    if len(source.sessions) > MOST_SESSIONS:
        yield UserFault("TOO_MANY_SESSIONS", f"At most {MOST_SESSIONS} sessions are taken at once.", source.path)
        return
    seen: set[str] = set()
    for index, item in enumerate(source.sessions):
        place = [*source.path, str(index)]
        if not SESSION_ID.fullmatch(item.id):
            message = "A session id consists of letters, digits and -."
            yield UserFault("INVALID_ID", message, [*place, "sessionId"], "Copy it from the session's address or webhook.")
        elif item.id.lower() in seen:
            yield UserFault("DUPLICATE_SESSION", "This session is named twice.", [*place, "sessionId"], "Name each session once.")
        seen.add(item.id.lower())
        yield from _integration_faults(item, integrations, place)


def _integration_faults(
    item: Reference, integrations: Mapping[str, tuple[KycProcess, ...]], place: list[str]
) -> Iterator[UserFault]:
    offered = integrations.get(item.integration or "")
    if offered is None:
        yield UserFault(
            "UNKNOWN_INTEGRATION",
            "There is no integration of this name.",
            [*place, "integration"],
            f"Configured are: {', '.join(sorted(integrations))}.",
        )
        return
    path = [*place, "processes"]
    if item.processes is not None and not item.processes:
        yield UserFault("NO_PROCESSES", "Name at least one process, or leave the list out to take all.", path)
    if item.processes and len(set(item.processes)) != len(item.processes):
        yield UserFault("DUPLICATE_PROCESSES", "Each process may be named once.", path)
    missing = [process for process in item.processes or () if process not in offered]
    if missing:
        yield UserFault("PROCESS_NOT_OFFERED", f"The integration cannot give {', '.join(missing)}.", path)


def processes(source: Source, capabilities: Capabilities) -> tuple[KycProcess, ...]:
    """Returns the processes that a source can provide, in the provider's order."""
    if source.kind is not SourceKind.SESSIONS:
        return capabilities.processes
    given = {process for item in source.sessions for process in _shared(item, capabilities.processes, capabilities.integrations)}
    return tuple(process for process in capabilities.processes if process in given)


def _shared(
    item: Reference, wanted: Sequence[KycProcess], integrations: Mapping[str, tuple[KycProcess, ...]]
) -> tuple[KycProcess, ...]:
    offered = item.processes if item.processes is not None else integrations.get(item.integration or "", ())
    return tuple(process for process in wanted if process in offered)


def process_faults(source: Source, wanted: Sequence[KycProcess], capabilities: Capabilities) -> Iterator[UserFault]:
    """Yields the faults of the requested processes."""
    path = ["input", "processes"]
    if not wanted:
        yield UserFault("NO_PROCESSES", "Name at least one process, or leave the list out to take all.", path)
    elif len(set(wanted)) != len(wanted):
        yield UserFault("DUPLICATE_PROCESSES", "Each process may be named once.", path)
    missing = [process for process in wanted if process not in capabilities.processes]
    if missing:
        yield UserFault("PROCESS_NOT_OFFERED", f"{capabilities.name} cannot give {', '.join(missing)}.", path)
        return
    given = processes(source, capabilities)
    nowhere = [process for process in wanted if process not in given]
    if nowhere:
        message = f"None of the sessions gives {', '.join(nowhere)}."
        hint = "Name a session whose integration, or whose own list of processes, includes it."
        yield UserFault("PROCESS_NOT_RESOLVABLE", message, path, hint)
