"""watch lists, hits and decisions"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = app.store.db.UtcDateTime


def upgrade() -> None:
    op.create_table('watch_list',
    sa.Column('id', STRING(length=40), nullable=False),
    sa.Column('name', STRING(length=100), nullable=False),
    sa.Column('version', STRING(length=100), nullable=False),
    sa.Column('format', STRING(length=20), nullable=False),
    sa.Column('licence', STRING(length=500), nullable=False),
    sa.Column('sha256', STRING(length=64), nullable=False),
    sa.Column('threshold', sa.Float(), nullable=False),
    sa.Column('status', STRING(length=20), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('imported_at', MOMENT(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('watch_list_active', 'watch_list', ['name'], unique=True, postgresql_where=sa.text("status = 'ACTIVE'"), sqlite_where=sa.text("status = 'ACTIVE'"))
    op.create_table('watch_entry',
    sa.Column('list_id', STRING(length=40), nullable=False),
    sa.Column('key', STRING(length=300), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['list_id'], ['watch_list.id'], ),
    sa.PrimaryKeyConstraint('list_id', 'key')
    )
    op.create_table('aml_hit',
    sa.Column('id', STRING(length=40), nullable=False),
    sa.Column('tenant_id', STRING(length=40), nullable=False),
    sa.Column('customer_id', STRING(length=40), nullable=False),
    sa.Column('screener', STRING(length=20), nullable=False),
    sa.Column('list', STRING(length=100), nullable=False),
    sa.Column('entry', STRING(length=300), nullable=False),
    sa.Column('entry_digest', STRING(length=64), nullable=False),
    sa.Column('topics', app.store.db.Json(), nullable=False),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('details', sa.LargeBinary(), nullable=False),
    sa.Column('verdict', STRING(length=20), nullable=False),
    sa.Column('judged_score', sa.Float(), nullable=True),
    sa.Column('judged_by', STRING(length=200), nullable=True),
    sa.Column('credential_id', STRING(length=40), nullable=True),
    sa.Column('comment', sa.LargeBinary(), nullable=True),
    sa.Column('judged_at', MOMENT(timezone=True), nullable=True),
    sa.Column('found_at', MOMENT(timezone=True), nullable=False),
    sa.Column('withdrawn_at', MOMENT(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('aml_hit_of_customer', 'aml_hit', ['customer_id', 'screener', 'list', 'entry'], unique=True)
    op.create_table('aml_check',
    sa.Column('customer_id', STRING(length=40), nullable=False),
    sa.Column('screener', STRING(length=20), nullable=False),
    sa.Column('tenant_id', STRING(length=40), nullable=False),
    sa.Column('screened', STRING(length=20), nullable=False),
    sa.Column('algorithm', STRING(length=100), nullable=True),
    sa.Column('versions', app.store.db.Json(), nullable=False),
    sa.Column('remarks', app.store.db.Json(), nullable=False),
    sa.Column('person', STRING(length=64), nullable=False),
    sa.Column('checked_at', MOMENT(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('customer_id', 'screener')
    )
    op.create_table('aml_decision',
    sa.Column('id', STRING(length=40), nullable=False),
    sa.Column('tenant_id', STRING(length=40), nullable=False),
    sa.Column('customer_id', STRING(length=40), nullable=False),
    sa.Column('decision', STRING(length=20), nullable=False),
    sa.Column('status', STRING(length=20), nullable=False),
    sa.Column('comment', sa.LargeBinary(), nullable=False),
    sa.Column('decided_by', STRING(length=200), nullable=False),
    sa.Column('credential_id', STRING(length=40), nullable=False),
    sa.Column('confirmed_by', STRING(length=200), nullable=True),
    sa.Column('created_at', MOMENT(timezone=True), nullable=False),
    sa.Column('final_at', MOMENT(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('aml_decision_of_customer', 'aml_decision', ['customer_id', 'id'], unique=False)
    op.create_table('rescreening',
    sa.Column('id', STRING(length=40), nullable=False),
    sa.Column('list', STRING(length=100), nullable=False),
    sa.Column('version', STRING(length=100), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('place', STRING(length=40), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', MOMENT(timezone=True), nullable=True),
    sa.Column('due_at', MOMENT(timezone=True), nullable=False),
    sa.Column('ring_at', MOMENT(timezone=True), nullable=False),
    sa.Column('created_at', MOMENT(timezone=True), nullable=False),
    sa.Column('ended_at', MOMENT(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('rescreening_due', 'rescreening', ['due_at'], unique=False, postgresql_where=sa.text('is_open'), sqlite_where=sa.text('is_open'))
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('aml_person', STRING(length=64), nullable=True))
    _screenings_of_several_verifications()


def _screenings_of_several_verifications() -> None:
    with op.batch_alter_table('screening', schema=None) as batch_op:
        batch_op.add_column(sa.Column('verifications', app.store.db.Json(), nullable=True))
        batch_op.add_column(sa.Column('asked_at', MOMENT(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ended_at', MOMENT(timezone=True), nullable=True))
    one = """'["' || verification_id || '"]'"""
    sealed = f"CAST({one} AS BLOB)" if op.get_bind().dialect.name == 'sqlite' else f"convert_to({one}, 'UTF8')"
    op.execute(f"UPDATE screening SET verifications = {sealed}, asked_at = created_at")
    with op.batch_alter_table('screening', schema=None) as batch_op:
        batch_op.alter_column('verifications', existing_type=app.store.db.Json(), nullable=False)
        batch_op.alter_column('asked_at', existing_type=MOMENT(timezone=True), nullable=False)
        batch_op.drop_column('verification_id')


def downgrade() -> None:
    raise NotImplementedError("a screening of several verifications cannot be told as one of a single one")
