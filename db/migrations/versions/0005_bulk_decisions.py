"""decisions about many issues that were made as one"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("first_resolution_id", sa.BigInteger(), nullable=False),
        sa.Column("request_json", postgresql.JSONB(), nullable=False),
        sa.Column("decided_json", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_decisions")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_bulk_decisions_job_id")),
        sa.ForeignKeyConstraint(
            ["first_resolution_id"],
            ["issue_resolutions.id"],
            name=op.f("fk_bulk_decisions_first_resolution_id"),
        ),
    )
    op.create_index("ix_bulk_decisions_job_id", "bulk_decisions", ["job_id"])
    op.create_index(
        "ix_issue_resolutions_singly",
        "issue_resolutions",
        ["job_id", "id"],
        postgresql_where=sa.text("caused_by IS NULL AND batch_id IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER bulk_decisions_append_only BEFORE UPDATE ON bulk_decisions"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_update()"
    )


def downgrade() -> None:
    op.drop_index("ix_issue_resolutions_singly", "issue_resolutions")
    op.drop_table("bulk_decisions")
