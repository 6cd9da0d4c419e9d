"""What follows from what: the whole table, and that it happens with the event or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.event import EventType, Fact, NewEvent
from app.model.event import Event
from app.service import consequence, event, fact
from app.service.trust import credential
from app.store import db, migrate
from app.store.db import Session, transaction

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FOLLOWS = {
    EventType.CUSTOMER_CREATED: [],
    EventType.CUSTOMER_UPDATED: ["screen_changed_customer"],
    EventType.CUSTOMER_STATE_CHANGED: [],
    EventType.CUSTOMER_KYC_STATUS_CHANGED: [],
    EventType.INGESTION_CREATED: [],
    EventType.INGESTION_STATUS_CHANGED: [],
    EventType.INGESTION_RESULT_CHANGED: [],
    EventType.START_REQUESTED: [],
    EventType.START_AUTHORISED: [],
    EventType.START_ENDED: [],
    EventType.VERIFICATION_STARTED: ["match_waiting_events"],
    EventType.VERIFICATION_OPENED: [],
    EventType.VERIFICATION_CREATED: ["match_waiting_events"],
    EventType.VERIFICATION_STATUS_CHANGED: [],
    EventType.VERIFICATION_VERDICT_CHANGED: [],
    EventType.VERIFICATION_REVERSED: [],
    EventType.VERIFICATION_DATA_CHANGED: [],
    EventType.VERIFICATION_PRESENCE_CHANGED: [],
    EventType.VERIFICATION_MISSING: [],
    EventType.VERIFICATION_ACTION_DONE: [],
    EventType.AML_STATUS_CHANGED: [],
    EventType.AML_HIT_FOUND: [],
    EventType.AML_HIT_WITHDRAWN: [],
    EventType.AML_HIT_REVIEWED: [],
    EventType.AML_DECISION_PROPOSED: [],
    EventType.AML_ALERT: [],
    EventType.PROVIDER_DRIFT_DETECTED: [],
    fact.VerificationRead: ["keep_verification"],
    fact.VerificationApproved: ["ingest_approved"],
    fact.ResultsCompleted: ["screen_ingested_customer"],
    fact.ScreeningWanted: ["screen_again"],
    fact.UploadRefused: ["reassess_declaration"],
    fact.UnknownReference: ["resume_start"],
    fact.ListReplaced: ["rescreen_everybody"],
}


def test_the_table_names_every_event_type_and_every_fact_with_what_follows() -> None:
    table = {**consequence.OF_EVENTS, **consequence.OF_FACTS}

    assert {key: [handler.__name__ for handler in handlers] for key, handlers in table.items()} == FOLLOWS
    assert set(consequence.OF_EVENTS) == set(EventType)
    assert set(consequence.OF_FACTS) == {kind for kind in Fact.__subclasses__() if kind.__module__ == fact.__name__}


class Noticed(Fact):
    """A fact of this test."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[db.Database]:
    url = f"sqlite+aiosqlite:///{tmp_path}/g.db"
    await migrate.upgrade(url)
    database = db.Database(url, write_events=event.write)
    yield database
    await database.close()


async def test_what_follows_is_numbered_behind_its_cause_in_the_same_transaction(database: db.Database) -> None:
    async def follow(session: Session, noted: NewEvent | Fact) -> None:
        if isinstance(noted, NewEvent) and noted.type is EventType.CUSTOMER_CREATED:
            session.tell(Noticed())
        if isinstance(noted, Noticed):
            session.record(NewEvent(EventType.CUSTOMER_UPDATED, tenant))

    database.follow_with(follow)
    async with transaction(database) as session:
        tenant = await credential.ensure_tenant(session, "t", at=NOW)
        session.record(NewEvent(EventType.CUSTOMER_CREATED, tenant))

    async with database.reading() as connection:
        rows = (await connection.execute(select(Event.seq, Event.type).order_by(Event.seq))).all()
    assert [(row.seq, row.type) for row in rows] == [(1, "customer.created"), (2, "customer.updated")]


async def test_a_consequence_that_fails_takes_its_cause_with_it(database: db.Database) -> None:
    async def follow(session: Session, noted: NewEvent | Fact) -> None:
        raise RuntimeError("cannot follow")

    async with transaction(database) as session:
        tenant = await credential.ensure_tenant(session, "t", at=NOW)
    database.follow_with(follow)
    with pytest.raises(RuntimeError, match="cannot follow"):
        async with transaction(database) as session:
            session.record(NewEvent(EventType.CUSTOMER_CREATED, tenant))

    async with database.reading() as connection:
        assert (await connection.execute(select(Event.seq))).all() == []
