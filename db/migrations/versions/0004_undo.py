"""decisions can be undone: what each touched, and how that was before"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ACTIONS = "'choose', 'merge', 'edit', 'accept', 'skip'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_issue_resolutions_action"), "issue_resolutions")
    op.create_check_constraint(
        op.f("ck_issue_resolutions_action"), "issue_resolutions", f"action IN ({ACTIONS}, 'undo')"
    )
    op.create_index(
        "ix_issue_resolutions_batch_id",
        "issue_resolutions",
        ["batch_id"],
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(
        "ix_issue_resolutions_reverses",
        "issue_resolutions",
        ["reverses"],
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.add_column("row_edits", sa.Column("resolution_id", sa.BigInteger()))
    op.create_table(
        "resolution_rows",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("resolution_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "row_number", "resolution_id", name=op.f("pk_resolution_rows")),
    )
    op.create_index("ix_resolution_rows_resolution_id", "resolution_rows", ["resolution_id"])
    op.create_table(
        "before_images",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("resolution_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before_json", postgresql.JSONB()),
        sa.CheckConstraint("kind IN ('row', 'issue', 'members')", name=op.f("ck_before_images_kind")),
        sa.PrimaryKeyConstraint("resolution_id", "kind", "key", name=op.f("pk_before_images")),
    )
    op.create_index("ix_before_images_job_id_kind_key", "before_images", ["job_id", "kind", "key"])


def downgrade() -> None:
    op.drop_table("before_images")
    op.drop_table("resolution_rows")
    op.drop_column("row_edits", "resolution_id")
    op.drop_index("ix_issue_resolutions_reverses", "issue_resolutions")
    op.drop_index("ix_issue_resolutions_batch_id", "issue_resolutions")
    op.drop_constraint(op.f("ck_issue_resolutions_action"), "issue_resolutions")
    op.create_check_constraint(
        op.f("ck_issue_resolutions_action"), "issue_resolutions", f"action IN ({ACTIONS})"
    )
