"""files that the browser sends straight to the store"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("upload_id", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("arrived_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("jobs", sa.Column("file_modified_ms", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_jobs_upload_id", "jobs", ["upload_id"], postgresql_where=sa.text("upload_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_upload_id", table_name="jobs", postgresql_where=sa.text("upload_id IS NOT NULL"))
    op.drop_column("jobs", "file_modified_ms")
    op.drop_column("jobs", "arrived_at")
    op.drop_column("jobs", "upload_id")
