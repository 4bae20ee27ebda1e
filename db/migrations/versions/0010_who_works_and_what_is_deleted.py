"""who works on a job, when it is tried again, what is deleted; workers; what people did"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("jobs", sa.Column("worker_id", sa.Text()))
    op.add_column("jobs", sa.Column("taken_at", MOMENT))
    op.add_column("jobs", sa.Column("next_attempt_at", MOMENT))
    op.add_column("jobs", sa.Column("deleted_at", MOMENT))
    op.add_column(
        "jobs",
        sa.Column("purged_json", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index(
        "ix_jobs_deleted_at", "jobs", ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    # For the foreign keys: without them each decision that is deleted reads the whole table.
    op.create_index(
        "ix_issues_resolution_id",
        "issues",
        ["resolution_id"],
        postgresql_where=sa.text("resolution_id IS NOT NULL"),
    )
    op.create_index("ix_bulk_decisions_first_resolution_id", "bulk_decisions", ["first_resolution_id"])
    # For administrators: what was done lately, and what failed.
    op.create_index("ix_jobs_processed_at", "jobs", ["processed_at"])
    op.create_index("ix_jobs_completed_at", "jobs", ["completed_at"])
    op.create_index("ix_jobs_failed", "jobs", ["id"], postgresql_where=sa.text("status = 'FAILED'"))
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("started_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("task", sa.Text()),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("busy_since", MOMENT),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id", name="fk_audit_log_user_id")),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("detail_json", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "action IN ('delete_upload', 'purge_upload', 'send_back_letter', 'discard_letter')",
            name=op.f("ck_audit_log_action"),
        ),
    )
    op.create_index("ix_audit_log_job_id", "audit_log", ["job_id"])
    op.execute(
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE ON audit_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_update()"
    )


def downgrade() -> None:
    op.drop_table("audit_log")
    op.drop_table("workers")
    op.drop_index("ix_bulk_decisions_first_resolution_id", "bulk_decisions")
    op.drop_index("ix_issues_resolution_id", "issues")
    for index in ("ix_jobs_failed", "ix_jobs_completed_at", "ix_jobs_processed_at", "ix_jobs_deleted_at"):
        op.drop_index(index, "jobs")
    for column in ("purged_json", "deleted_at", "next_attempt_at", "taken_at", "worker_id"):
        op.drop_column("jobs", column)
