"""declared data and uploads"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.store.db

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('upload',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('tenant_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('customer_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('context', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('url', sa.LargeBinary(), nullable=True),
    sa.Column('content_type', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('error', app.store.db.Json(), nullable=True),
    sa.Column('warnings', app.store.db.Json(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ring_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', app.store.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', app.store.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index('upload_by_customer', ['customer_id', 'id'], unique=False)
        batch_op.create_index('upload_due', ['due_at'], unique=False, postgresql_where=sa.text("status = 'WAITING' AND origin = 'URL'"), sqlite_where=sa.text("status = 'WAITING' AND origin = 'URL'"))

    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('submission', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='NONE', nullable=False))
        batch_op.add_column(sa.Column('submissions', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('kyc_data', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('required_fields', app.store.db.Json(), nullable=True))
        batch_op.add_column(sa.Column('submitted_at', app.store.db.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('upload_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True))
        batch_op.add_column(sa.Column('original', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True))
        batch_op.alter_column('ingestion_id',
               existing_type=sa.VARCHAR(length=40),
               nullable=True)
        batch_op.alter_column('process',
               existing_type=sa.VARCHAR(length=30),
               nullable=True)
        batch_op.alter_column('vendor_id',
               existing_type=sa.VARCHAR(length=200),
               nullable=True)
        batch_op.create_index('file_by_upload', ['upload_id'], unique=True)
        batch_op.create_foreign_key('file_upload_id_fkey', 'upload', ['upload_id'], ['id'])


def downgrade() -> None:
    op.execute('DELETE FROM file WHERE ingestion_id IS NULL')
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.drop_constraint('file_upload_id_fkey', type_='foreignkey')
        batch_op.drop_index('file_by_upload')
        batch_op.alter_column('vendor_id',
               existing_type=sa.VARCHAR(length=200),
               nullable=False)
        batch_op.alter_column('process',
               existing_type=sa.VARCHAR(length=30),
               nullable=False)
        batch_op.alter_column('ingestion_id',
               existing_type=sa.VARCHAR(length=40),
               nullable=False)
        batch_op.drop_column('original')
        batch_op.drop_column('upload_id')

    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.drop_column('submitted_at')
        batch_op.drop_column('required_fields')
        batch_op.drop_column('kyc_data')
        batch_op.drop_column('submissions')
        batch_op.drop_column('submission')

    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index('upload_due', postgresql_where=sa.text("status = 'WAITING' AND origin = 'URL'"), sqlite_where=sa.text("status = 'WAITING' AND origin = 'URL'"))
        batch_op.drop_index('upload_by_customer')

    op.drop_table('upload')
