"""rows that repeat another unasked are known, as the members of duplicate groups are"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


FILL = """
    INSERT INTO issue_rows (job_id, email, row_number)
    SELECT job_id, normalized_email, row_number
      FROM (SELECT job_id, normalized_email, row_number,
                   count(*) OVER (PARTITION BY job_id, normalized_email) AS rows
              FROM current_rows WHERE is_valid) valid
     WHERE rows > 1
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    # An image of who belonged to a group that is older than this says nothing of repeats: where such a
    # decision is undone, a preview may count a repeat as a contact. Finalizing counts anew.
    op.execute(FILL)


def downgrade() -> None:
    op.execute("""
        DELETE FROM issue_rows member
         WHERE NOT EXISTS (SELECT FROM issues WHERE job_id = member.job_id AND type = 'DUPLICATE_EMAIL'
                                                AND key = member.email)
    """)
