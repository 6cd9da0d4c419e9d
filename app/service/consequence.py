"""The table of consequences: every event and fact with the handlers that act on it.

Handlers run inside the transaction of the event, in the order in which events were recorded, before they are numbered. An event
and its consequences commit together or not at all. A package never calls a higher one. It records an event or a fact, and this
table names the handlers of the higher package that act on it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from app.domain.event import EventType, Fact, NewEvent
from app.service.customer import declaration
from app.service.dependencies import Dependencies
from app.service.fact import (
    ListReplaced,
    ResultsCompleted,
    ScreeningWanted,
    UnknownReference,
    UploadRefused,
    VerificationApproved,
    VerificationRead,
)
from app.service.ingestion import ingestion
from app.service.screening import rescreening, screening
from app.service.start import start
from app.service.verification import inbound, verification
from app.store.db import Database, Session


async def match_waiting_events(deps: Dependencies, session: Session, event: NewEvent) -> None:
    """Matches provider events that arrived before their verification was known."""
    await inbound.match(deps, session, event.data["verificationId"])


async def screen_changed_customer(deps: Dependencies, session: Session, event: NewEvent) -> None:
    """Screens a customer again whose declared data name another person than before."""
    if any(name.startswith("kycData.") for name in event.data["fields"]):
        await screening.person_changed(deps, session, str(event.customer_id))


async def keep_verification(deps: Dependencies, session: Session, fact: VerificationRead) -> None:
    """Records the verification if it is new, otherwise applies the state that was read."""
    await verification.keep(deps, session, fact.ingestion, fact.seen, fact.cipher)


async def ingest_approved(deps: Dependencies, session: Session, fact: VerificationApproved) -> None:
    """Queues the ingestion of the verification."""
    await ingestion.queue(deps, session, fact.verification)


async def screen_ingested_customer(deps: Dependencies, session: Session, fact: ResultsCompleted) -> None:
    """Screens a customer again if its results name another person than before, with the provider's own screening as well."""
    seen = await screening.verifications_named(session, fact.customer_id, fact.provider, fact.references)
    await screening.person_changed(deps, session, fact.customer_id, seen)


async def screen_again(deps: Dependencies, session: Session, fact: ScreeningWanted) -> None:
    """Screens the customer again."""
    await screening.again(deps, session, fact.customer)


async def reassess_declaration(deps: Dependencies, session: Session, fact: UploadRefused) -> None:
    """Recomputes the missing fields of the customer's data, so that it may be changed."""
    await declaration.reassess(deps, session, fact.tenant_id, fact.customer_id)


async def resume_start(deps: Dependencies, session: Session, fact: UnknownReference) -> None:
    """Resumes an uncertain start with that external id, or stores the reference on an authorised one."""
    await start.resume_in_doubt(session, fact.provider, external_id=fact.external_id, reference=fact.reference)


async def rescreen_everybody(deps: Dependencies, session: Session, fact: ListReplaced) -> None:
    """Begins to screen all customers against the new version of the list."""
    await rescreening.begin(deps, session, fact.name, fact.version)


EventHandler = Callable[[Dependencies, Session, NewEvent], Awaitable[None]]
# Every event type is listed, so a new type forces a decision about its handlers.
OF_EVENTS: Mapping[EventType, tuple[EventHandler, ...]] = {
    EventType.CUSTOMER_CREATED: (),
    EventType.CUSTOMER_UPDATED: (screen_changed_customer,),
    EventType.CUSTOMER_STATE_CHANGED: (),
    EventType.CUSTOMER_KYC_STATUS_CHANGED: (),
    EventType.INGESTION_CREATED: (),
    EventType.INGESTION_STATUS_CHANGED: (),
    EventType.INGESTION_RESULT_CHANGED: (),
    EventType.START_REQUESTED: (),
    EventType.START_AUTHORISED: (),
    EventType.START_ENDED: (),
    EventType.VERIFICATION_STARTED: (match_waiting_events,),
    EventType.VERIFICATION_OPENED: (),
    EventType.VERIFICATION_CREATED: (match_waiting_events,),
    EventType.VERIFICATION_STATUS_CHANGED: (),
    EventType.VERIFICATION_VERDICT_CHANGED: (),
    EventType.VERIFICATION_REVERSED: (),
    EventType.VERIFICATION_DATA_CHANGED: (),
    EventType.VERIFICATION_PRESENCE_CHANGED: (),
    EventType.VERIFICATION_MISSING: (),
    EventType.VERIFICATION_ACTION_DONE: (),
    EventType.AML_STATUS_CHANGED: (),
    EventType.AML_HIT_FOUND: (),
    EventType.AML_HIT_WITHDRAWN: (),
    EventType.AML_HIT_REVIEWED: (),
    EventType.AML_DECISION_PROPOSED: (),
    EventType.AML_ALERT: (),
    EventType.PROVIDER_DRIFT_DETECTED: (),
}
# Each handler takes the one type of fact that its line names. A mapping type cannot express that, hence Any.
OF_FACTS: Mapping[type[Fact], tuple[Callable[[Dependencies, Session, Any], Awaitable[None]], ...]] = {
    VerificationRead: (keep_verification,),
    VerificationApproved: (ingest_approved,),
    ResultsCompleted: (screen_ingested_customer,),
    ScreeningWanted: (screen_again,),
    UploadRefused: (reassess_declaration,),
    UnknownReference: (resume_start,),
    ListReplaced: (rescreen_everybody,),
}


async def follow(deps: Dependencies, session: Session, noted: NewEvent | Fact) -> None:
    """Runs the handlers of an event or a fact inside its transaction."""
    handlers = OF_EVENTS[noted.type] if isinstance(noted, NewEvent) else OF_FACTS[type(noted)]
    for handler in handlers:
        await handler(deps, session, noted)


def attach(deps: Dependencies, database: Database) -> None:
    """Registers the handlers with a database, so that every transaction runs them for its events and facts."""
    database.follow_with(partial(follow, deps))
