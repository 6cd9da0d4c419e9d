"""Invariants of the stored data. `gatehouse db check` runs each query and reports the rows that break a rule."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Each query returns the ids that break the rule.
RULES: dict[str, str] = {
    "the tenant's counter is the number of its events, and no number is missing": """
        SELECT t.id FROM tenant t LEFT JOIN (
            SELECT tenant_id, count(*) AS many, max(seq) AS last FROM event GROUP BY tenant_id
        ) e ON e.tenant_id = t.id
        WHERE t.event_seq <> coalesce(e.many, 0) OR t.event_seq <> coalesce(e.last, 0)""",
    "a finished ingestion has no process that is still at work": """
        SELECT DISTINCT i.id FROM ingestion i JOIN process_result r ON r.ingestion_id = i.id
        WHERE i.status = 'FINISHED' AND r.status = 'PROCESSING'""",
    "an ingestion has results": """
        SELECT i.id FROM ingestion i LEFT JOIN process_result r ON r.ingestion_id = i.id
        WHERE r.ingestion_id IS NULL""",
    "a finished ingestion no longer holds what it was named by": """
        SELECT id FROM ingestion WHERE status = 'FINISHED' AND source IS NOT NULL""",
    "an open ingestion still holds what it was named by": """
        SELECT id FROM ingestion WHERE status <> 'FINISHED' AND source IS NULL""",
    "a completed result has data, a failed one has an error": """
        SELECT ingestion_id FROM process_result
        WHERE (status = 'COMPLETED' AND data IS NULL) OR (status = 'FAILED' AND error IS NULL)""",
    "every status of an ingestion was entered by exactly one event": """
        SELECT i.id FROM ingestion i LEFT JOIN event e
            ON e.tenant_id = i.tenant_id AND e.ingestion_id = i.id AND e.type = 'ingestion.status_changed'
        GROUP BY i.id, i.status
        HAVING count(e.id) <> CASE i.status WHEN 'QUEUED' THEN 0 WHEN 'RUNNING' THEN 1 ELSE 2 END""",
    "a customer has a key, or was erased": """
        SELECT c.id FROM customer c LEFT JOIN data_key k ON k.customer_id = c.id WHERE k.customer_id IS NULL""",
    "a start that is authorised, started or uncertain has its one charge": """
        SELECT s.id FROM verification_start s LEFT JOIN charge c ON c.start_id = s.id
        WHERE s.status IN ('AUTHORISED', 'STARTED', 'UNCERTAIN')
        GROUP BY s.id HAVING count(c.id) <> 1""",
    "a charge is what became of its start": """
        SELECT c.id FROM charge c JOIN verification_start s ON s.id = c.start_id
        WHERE c.status <> CASE s.status WHEN 'STARTED' THEN 'CONFIRMED' WHEN 'REFUSED' THEN 'RELEASED'
            WHEN 'WITHDRAWN' THEN 'RELEASED' ELSE 'HELD' END""",
    "what was started is known": """
        SELECT s.id FROM verification_start s LEFT JOIN verification v ON v.id = s.verification_id
        WHERE s.status = 'STARTED' AND v.id IS NULL""",
    "a hit that was judged says by whom": """
        SELECT id FROM aml_hit WHERE (verdict = 'UNREVIEWED') <> (judged_by IS NULL)""",
    "of a customer whose screening is resolved every hit was judged": """
        SELECT DISTINCT c.id FROM customer c JOIN aml_hit h ON h.customer_id = c.id
        WHERE c.aml_status = 'RESOLVED' AND h.verdict = 'UNREVIEWED' AND h.withdrawn_at IS NULL""",
    "a list in use holds everybody who was imported": """
        SELECT l.id FROM watch_list l LEFT JOIN (
            SELECT list_id, count(*) AS many FROM watch_entry GROUP BY list_id
        ) e ON e.list_id = l.id
        WHERE l.status = 'ACTIVE' AND l.entries <> coalesce(e.many, 0)""",
    "an upload has a file once it is stored, and only then": """
        SELECT u.id FROM upload u LEFT JOIN file f ON f.upload_id = u.id
        WHERE (u.status = 'STORED') <> (f.id IS NOT NULL)""",
    "a file belongs to a completed result": """
        SELECT f.id FROM file f JOIN process_result r ON r.ingestion_id = f.ingestion_id AND r.process = f.process
        WHERE r.status <> 'COMPLETED'""",
}
SHOWN = 20


async def broken(connection: AsyncConnection) -> dict[str, Sequence[str]]:
    """Returns the broken rules, each with the first ids that break it."""
    found: dict[str, Sequence[str]] = {}
    for rule, query in RULES.items():
        rows = (await connection.execute(text(f"{query} LIMIT {SHOWN}"))).all()
        if rows:
            found[rule] = [str(row[0]) for row in rows]
    return found
