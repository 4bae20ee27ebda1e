"""entries of the decision log carry a seal, by which a later change is told"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("content_sha256", sa.Text()))
    # Entries from before have none.
    op.add_column("issue_resolutions", sa.Column("seal", sa.Text()))
    op.execute("""
        CREATE FUNCTION seal_of(entry issue_resolutions) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT encode(sha256(convert_to(jsonb_build_array(
                entry.id, entry.job_id, entry.action, entry.issue_type, entry.row_number, entry.email,
                entry.values_json, entry.decided_by, extract(epoch FROM entry.decided_at), entry.batch_id,
                entry.caused_by, entry.reverses)::text, 'UTF8')), 'hex')
        $$
    """)
    op.execute("""
        CREATE FUNCTION seal_entry() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.seal := seal_of(NEW);
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER issue_resolutions_seal BEFORE INSERT ON issue_resolutions"
        " FOR EACH ROW EXECUTE FUNCTION seal_entry()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER issue_resolutions_seal ON issue_resolutions")
    op.execute("DROP FUNCTION seal_entry")
    op.execute("DROP FUNCTION seal_of")
    op.drop_column("issue_resolutions", "seal")
    op.drop_column("jobs", "content_sha256")
