"""verifications"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drift',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('word', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('first_seen_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('verification_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('drift', schema=None) as batch_op:
        batch_op.create_index('drift_by_tenant', ['tenant_id', 'id'], unique=False)
        batch_op.create_index('drift_word', ['tenant_id', 'provider', 'kind', 'place', 'word'], unique=True)

    op.create_table('verification',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('integration', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('level', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('started_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('stage', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
    sa.Column('approval', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('review_status', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
    sa.Column('review_answer', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
    sa.Column('reject_type', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
    sa.Column('reject_labels', app.store.db.Json(), nullable=False),
    sa.Column('details', sa.LargeBinary(), nullable=True),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('data_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('decided_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('missing_since', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('rings', sa.Integer(), nullable=False),
    sa.Column('thorough', sa.Boolean(), nullable=False),
    sa.Column('quiet', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ring_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('faulty_since', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('looked_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('verification', schema=None) as batch_op:
        batch_op.create_index('verification_by_external', ['provider', 'external_id'], unique=False)
        batch_op.create_index('verification_by_reference', ['provider', 'reference'], unique=False)
        batch_op.create_index('verification_by_tenant', ['tenant_id', 'id'], unique=False)
        batch_op.create_index('verification_due', ['due_at'], unique=False)
        batch_op.create_index('verification_of_customer', ['customer_id', 'provider', 'reference'], unique=True)

    op.create_table('inbound_event',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('identity', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('verification_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('changed', sa.Boolean(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('sent_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('received_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('handled_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.ForeignKeyConstraint(['verification_id'], ['verification.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('inbound_event', schema=None) as batch_op:
        batch_op.create_index('inbound_event_by_tenant', ['tenant_id', 'id'], unique=False)
        batch_op.create_index('inbound_event_identity', ['provider', 'identity'], unique=True)
        batch_op.create_index('inbound_event_unmatched', ['provider', 'subject'], unique=False, postgresql_where=sa.text("status = 'UNMATCHED'"), sqlite_where=sa.text("status = 'UNMATCHED'"))
        batch_op.create_index('inbound_event_waiting', ['verification_id'], unique=False, postgresql_where=sa.text("status = 'WAITING'"), sqlite_where=sa.text("status = 'WAITING'"))

    op.create_table('vendor_action',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('verification_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('parameters', sa.LargeBinary(), nullable=False),
    sa.Column('requested_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('credential_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('lease_until', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('error_code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.ForeignKeyConstraint(['verification_id'], ['verification.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('vendor_action', schema=None) as batch_op:
        batch_op.create_index('vendor_action_by_verification', ['verification_id', 'id'], unique=False)

    with op.batch_alter_table('payload', schema=None) as batch_op:
        batch_op.add_column(sa.Column('verification_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True))
        batch_op.alter_column('ingestion_id',
               existing_type=sa.VARCHAR(length=40),
               nullable=True)
        batch_op.create_index('payload_by_verification', ['verification_id', 'kind'], unique=False)
        batch_op.create_foreign_key('payload_verification_id_fkey', 'verification', ['verification_id'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('payload', schema=None) as batch_op:
        batch_op.drop_constraint('payload_verification_id_fkey', type_='foreignkey')
        batch_op.drop_index('payload_by_verification')
        batch_op.alter_column('ingestion_id',
               existing_type=sa.VARCHAR(length=40),
               nullable=False)
        batch_op.drop_column('verification_id')

    with op.batch_alter_table('vendor_action', schema=None) as batch_op:
        batch_op.drop_index('vendor_action_by_verification')

    op.drop_table('vendor_action')
    with op.batch_alter_table('inbound_event', schema=None) as batch_op:
        batch_op.drop_index('inbound_event_waiting', postgresql_where=sa.text("status = 'WAITING'"), sqlite_where=sa.text("status = 'WAITING'"))
        batch_op.drop_index('inbound_event_unmatched', postgresql_where=sa.text("status = 'UNMATCHED'"), sqlite_where=sa.text("status = 'UNMATCHED'"))
        batch_op.drop_index('inbound_event_identity')
        batch_op.drop_index('inbound_event_by_tenant')

    op.drop_table('inbound_event')
    with op.batch_alter_table('verification', schema=None) as batch_op:
        batch_op.drop_index('verification_of_customer')
        batch_op.drop_index('verification_due')
        batch_op.drop_index('verification_by_tenant')
        batch_op.drop_index('verification_by_reference')
        batch_op.drop_index('verification_by_external')

    op.drop_table('verification')
    with op.batch_alter_table('drift', schema=None) as batch_op:
        batch_op.drop_index('drift_word')
        batch_op.drop_index('drift_by_tenant')

    op.drop_table('drift')
