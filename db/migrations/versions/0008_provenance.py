"""what a contact is traced by: rows that collapsed unasked, and the log and the edits by row and e-mail"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

# Rows with one e-mail that nobody was asked about when they were loaded. Where a decision opened the question
# later, its image says that there was none before.
FILL = """
    INSERT INTO repeated_rows (job_id, email, row_number)
    SELECT job_id, email, row_number
      FROM (SELECT job_id, normalized_email AS email, row_number,
                   count(*) OVER (PARTITION BY job_id, normalized_email) AS rows
              FROM raw_rows WHERE is_valid) received
     WHERE rows > 1 AND NOT EXISTS (
           SELECT FROM issues issue
            WHERE issue.job_id = received.job_id AND issue.type = 'DUPLICATE_EMAIL'
              AND issue.key = received.email AND NOT EXISTS (
                  SELECT FROM before_images image
                   WHERE image.job_id = issue.job_id AND image.kind = 'issue'
                     AND image.key = 'DUPLICATE_EMAIL ' || issue.key AND image.before_json IS NULL))
"""


def upgrade() -> None:
    op.create_table(
        "repeated_rows",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "email", "row_number", name=op.f("pk_repeated_rows")),
    )
    op.execute(FILL)
    op.create_index(
        "ix_row_edits_job_id_normalized_email",
        "row_edits",
        ["job_id", "normalized_email"],
        postgresql_where=sa.text("normalized_email IS NOT NULL"),
    )
    op.create_index(
        "ix_issue_resolutions_job_id_row_number",
        "issue_resolutions",
        ["job_id", "row_number"],
        postgresql_where=sa.text("row_number IS NOT NULL"),
    )
    op.create_index(
        "ix_issue_resolutions_job_id_email",
        "issue_resolutions",
        ["job_id", "email"],
        postgresql_where=sa.text("email IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_issue_resolutions_job_id_email", "issue_resolutions")
    op.drop_index("ix_issue_resolutions_job_id_row_number", "issue_resolutions")
    op.drop_index("ix_row_edits_job_id_normalized_email", "row_edits")
    op.drop_table("repeated_rows")
