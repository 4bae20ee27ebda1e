"""the decision log is found by row and by e-mail: what a contact is traced by"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
