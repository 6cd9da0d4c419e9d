"""starts and charges"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('verification_start',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('verification_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('level', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('integration', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('processes', app.store.db.Json(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('risk', sa.LargeBinary(), nullable=False),
    sa.Column('requested_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('credential_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('approved_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('called_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('problem', app.store.db.Json(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ring_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('faulty_since', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('verification_start', schema=None) as batch_op:
        batch_op.create_index('start_by_tenant', ['tenant_id', 'id'], unique=False)
        batch_op.create_index('start_by_verification', ['verification_id'], unique=True)
        batch_op.create_index('start_due', ['due_at'], unique=False, postgresql_where=sa.text("status = 'AUTHORISED'"), sqlite_where=sa.text("status = 'AUTHORISED'"))
        batch_op.create_index('start_open', ['customer_id'], unique=True, postgresql_where=sa.text("status IN ('AWAITING_APPROVAL', 'AUTHORISED', 'UNCERTAIN')"), sqlite_where=sa.text("status IN ('AWAITING_APPROVAL', 'AUTHORISED', 'UNCERTAIN')"))

    op.create_table('charge',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('start_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('spent_by', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['start_id'], ['verification_start.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('charge', schema=None) as batch_op:
        batch_op.create_index('charge_by_day', ['tenant_id', 'created_at'], unique=False)
        batch_op.create_index('charge_of_start', ['start_id'], unique=True)

    with op.batch_alter_table('verification', schema=None) as batch_op:
        batch_op.add_column(sa.Column('link', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('link_expires_at', app.store.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('processes', app.store.db.Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('verification', schema=None) as batch_op:
        batch_op.drop_column('processes')
        batch_op.drop_column('link_expires_at')
        batch_op.drop_column('link')

    with op.batch_alter_table('charge', schema=None) as batch_op:
        batch_op.drop_index('charge_of_start')
        batch_op.drop_index('charge_by_day')

    op.drop_table('charge')
    with op.batch_alter_table('verification_start', schema=None) as batch_op:
        batch_op.drop_index('start_open', postgresql_where=sa.text("status IN ('AWAITING_APPROVAL', 'AUTHORISED', 'UNCERTAIN')"), sqlite_where=sa.text("status IN ('AWAITING_APPROVAL', 'AUTHORISED', 'UNCERTAIN')"))
        batch_op.drop_index('start_due', postgresql_where=sa.text("status = 'AUTHORISED'"), sqlite_where=sa.text("status = 'AUTHORISED'"))
        batch_op.drop_index('start_by_verification')
        batch_op.drop_index('start_by_tenant')

    op.drop_table('verification_start')
