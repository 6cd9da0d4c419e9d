"""marks of identity"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('identity_mark',
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('customer_id', 'kind', 'digest')
    )
    with op.batch_alter_table('identity_mark', schema=None) as batch_op:
        batch_op.create_index('identity_mark_same', ['tenant_id', 'kind', 'digest'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('identity_mark', schema=None) as batch_op:
        batch_op.drop_index('identity_mark_same')

    op.drop_table('identity_mark')
