"""screenings"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('screening',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('verification_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('quiet', sa.Integer(), nullable=False),
    sa.Column('rings', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ring_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.ForeignKeyConstraint(['verification_id'], ['verification.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('screening', schema=None) as batch_op:
        batch_op.create_index('screening_due', ['due_at'], unique=False, postgresql_where=sa.text('is_open'), sqlite_where=sa.text('is_open'))
        batch_op.create_index('screening_of_customer', ['customer_id'], unique=True)


def downgrade() -> None:
    with op.batch_alter_table('screening', schema=None) as batch_op:
        batch_op.drop_index('screening_of_customer')
        batch_op.drop_index('screening_due', postgresql_where=sa.text('is_open'), sqlite_where=sa.text('is_open'))

    op.drop_table('screening')
