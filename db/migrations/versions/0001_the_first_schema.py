"""the first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("raw_rows", "issue_resolutions")


def upgrade() -> None:
    op.create_table(
        "final_contacts",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(collation="C"), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("other_json", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "email", name=op.f("pk_final_contacts")),
    )
    op.create_table(
        "issue_rows",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "email", "row_number", name=op.f("pk_issue_rows")),
    )
    op.create_table(
        "raw_rows",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data_json", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("normalized_email", sa.Text(), nullable=True),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "row_number", name=op.f("pk_raw_rows")),
    )
    op.create_table(
        "row_edits",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data_json", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("normalized_email", sa.Text(), nullable=True),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.Column("is_skipped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "row_number", name=op.f("pk_row_edits")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="operator", nullable=False),
        sa.Column("failed_sign_ins", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("locked_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("role IN ('operator', 'reviewer', 'administrator')", name=op.f("ck_users_role")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("original_filename", sa.Text(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column(
            "columns", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "parse_options",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("rules_version", sa.BigInteger(), nullable=True),
        sa.Column("total_rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("processed_rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("processed_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("valid_rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("conflict_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("attempt", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("enqueued_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("heartbeat_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("processed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("completed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('UPLOADING', 'PENDING', 'PROCESSING', 'NEEDS_REVIEW',"
            " 'FINALIZING', 'COMPLETED', 'FAILED')",
            name=op.f("ck_jobs_status"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_jobs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("file_key", name=op.f("uq_jobs_file_key")),
    )
    op.create_index(
        "ix_jobs_in_flight",
        "jobs",
        ["enqueued_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('UPLOADING', 'PENDING', 'PROCESSING', 'FINALIZING')"),
    )
    op.create_index("ix_jobs_user_id_file_sha256", "jobs", ["user_id", "file_sha256"], unique=False)
    op.create_index("ix_jobs_user_id_id", "jobs", ["user_id", "id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_hash", sa.Text(), nullable=True),
        sa.Column("ticket_expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_sessions_ticket_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "finalizations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("last_resolution_id", sa.BigInteger(), nullable=True),
        sa.Column("total_rows", sa.BigInteger(), nullable=False),
        sa.Column("contact_count", sa.BigInteger(), nullable=False),
        sa.Column("skipped_count", sa.BigInteger(), nullable=False),
        sa.Column("duplicate_count", sa.BigInteger(), nullable=False),
        sa.Column("collapsed_count", sa.BigInteger(), nullable=False),
        sa.Column("export_sha256", sa.Text(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_finalizations_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finalizations")),
        sa.UniqueConstraint("job_id", "version", name=op.f("uq_finalizations_job_id_version")),
    )
    op.create_table(
        "issue_resolutions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("issue_type", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("values_json", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "decided_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("batch_id", sa.UUID(), nullable=True),
        sa.Column("caused_by", sa.BigInteger(), nullable=True),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "action IN ('choose', 'merge', 'edit', 'accept', 'skip')",
            name=op.f("ck_issue_resolutions_action"),
        ),
        sa.ForeignKeyConstraint(
            ["caused_by"], ["issue_resolutions.id"], name=op.f("fk_issue_resolutions_caused_by")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_issue_resolutions_decided_by")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_issue_resolutions_job_id")),
        sa.ForeignKeyConstraint(
            ["reverses"], ["issue_resolutions.id"], name=op.f("fk_issue_resolutions_reverses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_resolutions")),
    )
    op.create_index("ix_issue_resolutions_job_id_id", "issue_resolutions", ["job_id", "id"], unique=False)
    op.create_index(
        "ix_issue_resolutions_caused_by",
        "issue_resolutions",
        ["caused_by"],
        unique=False,
        postgresql_where=sa.text("caused_by IS NOT NULL"),
    )
    op.create_table(
        "issues",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("payload_json", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default="OPEN", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("resolution_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("status IN ('OPEN', 'RESOLVED')", name=op.f("ck_issues_status")),
        sa.CheckConstraint(
            "type IN ('MALFORMED_ROW', 'MISSING_EMAIL', 'INVALID_EMAIL_FORMAT', 'MISSING_FIRST_NAME',"
            " 'MISSING_LAST_NAME', 'MISSING_COMPANY', 'DUPLICATE_EMAIL')",
            name=op.f("ck_issues_type"),
        ),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["issue_resolutions.id"], name=op.f("fk_issues_resolution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("job_id", "type", "key", name=op.f("uq_issues_job_id_type_key")),
    )
    op.create_index(
        "ix_issues_job_id_status_row_number_id",
        "issues",
        ["job_id", "status", "row_number", "id"],
        unique=False,
    )

    # A row as it now reads: the values that decisions put over it, else those received.
    op.execute("""
        CREATE VIEW current_rows AS
        SELECT raw.job_id,
               raw.row_number,
               coalesce(edit.data_json, raw.data_json) AS data_json,
               CASE WHEN edit.row_number IS NULL THEN raw.normalized_email ELSE edit.normalized_email END
                   AS normalized_email,
               coalesce(edit.is_valid, raw.is_valid) AS is_valid,
               coalesce(edit.is_skipped, false) AS is_skipped
          FROM raw_rows raw
          LEFT JOIN row_edits edit ON edit.job_id = raw.job_id AND edit.row_number = raw.row_number
    """)
    op.execute("""
        CREATE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: write a new row instead', TG_TABLE_NAME;
        END $$
    """)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_update()"
        )


def downgrade() -> None:
    op.execute("DROP VIEW current_rows")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP FUNCTION refuse_update")
    op.drop_index("ix_issues_job_id_status_row_number_id", table_name="issues")
    op.drop_table("issues")
    op.drop_index("ix_issue_resolutions_job_id_id", table_name="issue_resolutions")
    op.drop_table("issue_resolutions")
    op.drop_table("finalizations")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("ix_jobs_user_id_id", table_name="jobs")
    op.drop_index("ix_jobs_user_id_file_sha256", table_name="jobs")
    op.drop_index(
        "ix_jobs_in_flight",
        table_name="jobs",
        postgresql_where=sa.text("status IN ('UPLOADING', 'PENDING', 'PROCESSING', 'FINALIZING')"),
    )
    op.drop_table("jobs")
    op.drop_table("users")
    op.drop_table("row_edits")
    op.drop_table("raw_rows")
    op.drop_table("issue_rows")
    op.drop_table("final_contacts")
