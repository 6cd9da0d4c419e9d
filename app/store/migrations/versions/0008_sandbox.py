"""the sandbox's clock and test addresses, and when a screening had a result"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sandbox_clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('aml_screened_at', app.store.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('sandbox', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True))
        batch_op.create_index('customer_sandbox', ['sandbox'], unique=False, postgresql_where=sa.text('sandbox IS NOT NULL'), sqlite_where=sa.text('sandbox IS NOT NULL'))


def downgrade() -> None:
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.drop_index('customer_sandbox', postgresql_where=sa.text('sandbox IS NOT NULL'), sqlite_where=sa.text('sandbox IS NOT NULL'))
        batch_op.drop_column('sandbox')
        batch_op.drop_column('aml_screened_at')

    op.drop_table('sandbox_clock')
