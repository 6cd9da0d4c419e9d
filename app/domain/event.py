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
    # A person has started a verification; later, what became of that.
    START_REQUESTED = "verification.start_requested"
    START_AUTHORISED = "verification.start_authorised"
    START_ENDED = "verification.start_ended"
    VERIFICATION_STARTED = "verification.started"
    # The customer accepted, and went on to the vendor's page.
    VERIFICATION_OPENED = "verification.opened"
    VERIFICATION_CREATED = "verification.created"
    VERIFICATION_STATUS_CHANGED = "verification.status_changed"
    VERIFICATION_VERDICT_CHANGED = "verification.verdict_changed"
    # An approval was taken back: loud, and always together with the verdict's own event.
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
    # Something new about a customer that was let in: loud, and always together with the hits' own events. It decides nothing.
    AML_ALERT = "aml.alert"
    PROVIDER_DRIFT_DETECTED = "provider.drift_detected"


class Fact:
    """Something that has happened inside a transaction and that only Gatehouse itself acts on. A fact is never written to the log.

    Facts are told with `Session.tell`, events with `Session.record`; `app.service.consequence` holds what follows from both.
    """


@dataclass(frozen=True)
class NewEvent:
    """An event about to be written. Its number is given by the tenant's counter as the transaction ends."""

    type: EventType
    tenant_id: str
    customer_id: str | None = None
    ingestion_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
