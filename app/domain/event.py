"""The event log's vocabulary. Data holds ids and statuses, never anything personal; keys are in camel case."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_UPDATED = "customer.updated"
    CUSTOMER_STATE_CHANGED = "customer.state_changed"
    CUSTOMER_KYC_STATUS_CHANGED = "customer.kyc_status_changed"
    INGESTION_CREATED = "ingestion.created"
    INGESTION_STATUS_CHANGED = "ingestion.status_changed"
    INGESTION_RESULT_CHANGED = "ingestion.result_changed"
    # A person has started a verification; later, the outcome of that start.
    START_REQUESTED = "verification.start_requested"
    START_AUTHORISED = "verification.start_authorised"
    START_ENDED = "verification.start_ended"
    VERIFICATION_STARTED = "verification.started"
    # The customer accepted and continued to the provider's page.
    VERIFICATION_OPENED = "verification.opened"
    VERIFICATION_CREATED = "verification.created"
    VERIFICATION_STATUS_CHANGED = "verification.status_changed"
    VERIFICATION_VERDICT_CHANGED = "verification.verdict_changed"
    # An approval was revoked. Recorded in addition to the verdict's own event.
    VERIFICATION_REVERSED = "verification.reversed"
    VERIFICATION_DATA_CHANGED = "verification.data_changed"
    VERIFICATION_PRESENCE_CHANGED = "verification.presence_changed"
    VERIFICATION_MISSING = "verification.missing"
    VERIFICATION_ACTION_DONE = "verification.action_done"
    AML_STATUS_CHANGED = "aml.status_changed"
    AML_HIT_FOUND = "aml.hit_found"
    AML_HIT_WITHDRAWN = "aml.hit_withdrawn"
    AML_HIT_REVIEWED = "aml.hit_reviewed"
    AML_DECISION_PROPOSED = "aml.decision_proposed"
    # A new finding about an approved customer. Recorded in addition to the hits' own events; it decides nothing.
    AML_ALERT = "aml.alert"
    PROVIDER_DRIFT_DETECTED = "provider.drift_detected"


@dataclass(frozen=True)
class Described:
    """The meaning of a type of event, and the keys of its data."""

    meaning: str
    keys: tuple[str, ...]


_MOVED = ("oldStatus", "newStatus")
_VERDICT = ("verificationId", "provider", "oldStage", "stage", "reviewAnswer", "rejectType", "rejectLabels")
_START = ("customerId", "startId")
_HIT = ("customerId", "hitId")
# docs/events.md is generated from this table.
LOG: dict[EventType, Described] = {
    EventType.CUSTOMER_CREATED: Described("A customer was created.", ("customerId",)),
    EventType.CUSTOMER_UPDATED: Described("Fields of a customer were changed.", ("customerId", "fields")),
    EventType.CUSTOMER_STATE_CHANGED: Described(
        "The customer's `status` changed.", ("customerId", *_MOVED, "reason", "requiredDocuments")
    ),
    EventType.CUSTOMER_KYC_STATUS_CHANGED: Described("The customer's `kycStatus` changed.", ("customerId", *_MOVED)),
    EventType.INGESTION_CREATED: Described("An ingestion was queued.", ("ingestionId", "status")),
    EventType.INGESTION_STATUS_CHANGED: Described("An ingestion's status changed.", ("ingestionId", *_MOVED)),
    EventType.INGESTION_RESULT_CHANGED: Described(
        "The result of one KYC process changed.", ("ingestionId", "process", "status", "errorCode")
    ),
    EventType.START_REQUESTED: Described("A person asked to start a verification.", _START),
    EventType.START_AUTHORISED: Described("A second person approved the start.", _START),
    EventType.START_ENDED: Described(
        "A start was refused, withdrawn or carried out, or its outcome is uncertain.", (*_START, "status", "errorCode")
    ),
    EventType.VERIFICATION_STARTED: Described(
        "The provider created the verification that was started here.", ("verificationId", "provider", "startId")
    ),
    EventType.VERIFICATION_OPENED: Described(
        "The customer accepted and continued to the provider's page.", ("customerId", "verificationId")
    ),
    EventType.VERIFICATION_CREATED: Described(
        "A verification became known through an ingestion.", ("verificationId", "provider", "reviewAnswer", "stage")
    ),
    EventType.VERIFICATION_STATUS_CHANGED: Described(
        "The provider's own status changed, in its words.", ("verificationId", "provider", *_MOVED)
    ),
    EventType.VERIFICATION_VERDICT_CHANGED: Described("The provider's verdict changed.", _VERDICT),
    EventType.VERIFICATION_REVERSED: Described(
        "The provider took an approval back. `verification.verdict_changed` precedes it.", _VERDICT
    ),
    EventType.VERIFICATION_DATA_CHANGED: Described("The data behind a verification changed.", ("verificationId", "provider")),
    EventType.VERIFICATION_PRESENCE_CHANGED: Described(
        "The applicant was switched on or off at the provider.", ("verificationId", "provider", "active")
    ),
    EventType.VERIFICATION_MISSING: Described("The provider no longer has the verification.", ("verificationId", "provider")),
    EventType.VERIFICATION_ACTION_DONE: Described(
        "An action at the provider was carried out.", ("verificationId", "action", "actionId")
    ),
    EventType.AML_STATUS_CHANGED: Described("The customer's `aml.status` changed.", ("customerId", *_MOVED)),
    EventType.AML_HIT_FOUND: Described("A screener found a hit that is new or has changed.", _HIT),
    EventType.AML_HIT_WITHDRAWN: Described("A screener no longer finds a hit.", _HIT),
    EventType.AML_HIT_REVIEWED: Described("A person judged a hit.", (*_HIT, "oldVerdict", "newVerdict")),
    EventType.AML_DECISION_PROPOSED: Described("A decision on the hits waits for a second person.", ("customerId", "decision")),
    EventType.AML_ALERT: Described("New hits were found for an active customer. It decides nothing.", ("customerId", "hitIds")),
    EventType.PROVIDER_DRIFT_DETECTED: Described(
        "The provider used a word or field that is not in its tables.",
        ("driftId", "provider", "kind", "place", "word", "verificationId"),
    ),
}


class Fact:
    """An occurrence inside a transaction that only Gatehouse itself acts on. A fact is never written to the log.

    Facts are told with `Session.tell`, events with `Session.record`; `app.service.consequence` holds what follows from both.
    """


@dataclass(frozen=True)
class NewEvent:
    """An event to be written. The tenant's counter numbers it at the end of the transaction."""

    type: EventType
    tenant_id: str
    customer_id: str | None = None
    ingestion_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
