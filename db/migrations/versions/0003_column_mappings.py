"""the columns that users confirmed, by header"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_mappings",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("names_sha256", sa.Text(), nullable=False),
        sa.Column("mapping_json", postgresql.JSONB(), nullable=False),
        sa.Column(
            "confirmed_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.func.now(),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("user_id", "names_sha256", name="pk_column_mappings"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_column_mappings_user_id"),
    )


def downgrade() -> None:
    op.drop_table("column_mappings")
