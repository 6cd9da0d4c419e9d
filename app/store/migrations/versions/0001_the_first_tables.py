"""the first tables"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('budget',
    sa.Column('account', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('grants', app.store.db.Json(), nullable=False),
    sa.Column('blocked_until', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('account', 'kind')
    )
    op.create_table('tenant',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('event_seq', sa.BigInteger(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('credential',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('scopes', app.store.db.Json(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('credential', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credential_tenant_id'), ['tenant_id'], unique=False)

    op.create_table('customer',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('kyc_status', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('aml_status', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('aml_decision', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
    sa.Column('risk_level', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('tags', app.store.db.Json(), nullable=False),
    sa.Column('personal', sa.LargeBinary(), nullable=False),
    sa.Column('status_since', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('deactivated_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.create_index('customer_by_tenant', ['tenant_id', 'id'], unique=False)
        batch_op.create_index('customer_external', ['tenant_id', 'external_id'], unique=True)

    op.create_table('event',
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('ingestion_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('data', app.store.db.Json(), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('tenant_id', 'seq'),
    sa.UniqueConstraint('id')
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('event_by_customer', ['tenant_id', 'customer_id', 'seq'], unique=False)
        batch_op.create_index('event_by_ingestion', ['tenant_id', 'ingestion_id', 'seq'], unique=False)

    op.create_table('idempotency_key',
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('operation', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('input_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('subject_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('tenant_id', 'operation', 'key')
    )
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_key_created_at'), ['created_at'], unique=False)

    op.create_table('data_key',
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.PrimaryKeyConstraint('customer_id')
    )
    op.create_table('ingestion',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('processes', app.store.db.Json(), nullable=False),
    sa.Column('source_kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('source', sa.LargeBinary(), nullable=True),
    sa.Column('source_fingerprint', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('provider_reference', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('intent_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claims', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ring_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('faulty_since', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('waiting_since', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('started_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('ingestion', schema=None) as batch_op:
        batch_op.create_index('ingestion_by_customer', ['tenant_id', 'customer_id', 'id'], unique=False)
        batch_op.create_index('ingestion_by_tenant', ['tenant_id', 'id'], unique=False)
        batch_op.create_index('ingestion_due', ['due_at'], unique=False, postgresql_where=sa.text("status <> 'FINISHED'"), sqlite_where=sa.text("status <> 'FINISHED'"))

    op.create_table('file',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('ingestion_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('process', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('context', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('content_type', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('blob', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('vendor_id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['ingestion_id'], ['ingestion.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.create_index('file_by_ingestion', ['ingestion_id', 'process'], unique=False)

    op.create_table('payload',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('ingestion_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('fetched_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['ingestion_id'], ['ingestion.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('payload', schema=None) as batch_op:
        batch_op.create_index('payload_by_ingestion', ['ingestion_id', 'kind'], unique=False)

    op.create_table('process_result',
    sa.Column('ingestion_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('process', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=True),
    sa.Column('error', app.store.db.Json(), nullable=True),
    sa.Column('warnings', app.store.db.Json(), nullable=True),
    sa.Column('provenance', app.store.db.Json(), nullable=True),
    sa.Column('updated_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['ingestion_id'], ['ingestion.id'], ),
    sa.PrimaryKeyConstraint('ingestion_id', 'process')
    )


def downgrade() -> None:
    op.drop_table('process_result')
    with op.batch_alter_table('payload', schema=None) as batch_op:
        batch_op.drop_index('payload_by_ingestion')

    op.drop_table('payload')
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.drop_index('file_by_ingestion')

    op.drop_table('file')
    with op.batch_alter_table('ingestion', schema=None) as batch_op:
        batch_op.drop_index('ingestion_due', postgresql_where=sa.text("status <> 'FINISHED'"), sqlite_where=sa.text("status <> 'FINISHED'"))
        batch_op.drop_index('ingestion_by_tenant')
        batch_op.drop_index('ingestion_by_customer')

    op.drop_table('ingestion')
    op.drop_table('data_key')
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotency_key_created_at'))

    op.drop_table('idempotency_key')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('event_by_ingestion')
        batch_op.drop_index('event_by_customer')

    op.drop_table('event')
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.drop_index('customer_external')
        batch_op.drop_index('customer_by_tenant')

    op.drop_table('customer')
    with op.batch_alter_table('credential', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credential_tenant_id'))

    op.drop_table('credential')
    op.drop_table('tenant')
    op.drop_table('budget')
