"""columns and tables get the names that the code uses

Columns are renamed in place on both databases: no row is copied.
"""

from __future__ import annotations

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

COLUMNS = [
    *((table, 'ring_at', 'wake_at') for table in ('ingestion', 'verification', 'upload', 'verification_start', 'screening', 'rescreening')),
    ('verification', 'rings', 'notices'),
    ('verification', 'looked_at', 'refreshed_at'),
    ('screening', 'rings', 'requests'),
]


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.execute(f'ALTER TABLE {table} RENAME COLUMN {old} TO {new}')
    op.drop_index('identity_mark_same', 'identity_mark')
    op.rename_table('identity_mark', 'identity_fingerprint')
    op.create_index('identity_fingerprint_same', 'identity_fingerprint', ['tenant_id', 'kind', 'digest'])


def downgrade() -> None:
    op.drop_index('identity_fingerprint_same', 'identity_fingerprint')
    op.rename_table('identity_fingerprint', 'identity_mark')
    op.create_index('identity_mark_same', 'identity_mark', ['tenant_id', 'kind', 'digest'])
    for table, old, new in COLUMNS:
        op.execute(f'ALTER TABLE {table} RENAME COLUMN {new} TO {old}')
