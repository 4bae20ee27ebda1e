"""shares, invitations, known browsers and pauses; sessions that end when idle; access is audited"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True)
NOW = sa.text("now()")

ACTIONS_BEFORE = "'delete_upload', 'purge_upload', 'send_back_letter', 'discard_letter'"
ACTIONS = (
    "'delete_upload', 'purge_upload', 'send_back_letter', 'discard_letter', 'sign_in',"
    " 'sign_in_refused', 'sign_in_paused', 'sign_out', 'end_sessions', 'make_account', 'invite',"
    " 'withdraw_link', 'change_role', 'deactivate_account', 'activate_account', 'offer_reset',"
    " 'change_password', 'share_upload', 'unshare_upload', 'export_contacts', 'export_rows',"
    " 'export_summary', 'export_audit'"
)


def user_key(table: str, column: str, *, nullable: bool = True) -> sa.Column[int]:
    key = sa.ForeignKey("users.id", name=f"fk_{table}_{column}")
    return sa.Column(column, sa.BigInteger(), key, nullable=nullable)


def upgrade() -> None:
    op.drop_column("users", "failed_sign_ins")
    op.drop_column("users", "locked_until")
    op.add_column("users", sa.Column("deactivated_at", MOMENT))
    op.add_column("sessions", sa.Column("seen_at", MOMENT, server_default=NOW, nullable=False))
    op.add_column(
        "sessions",
        sa.Column(
            "idle_limit", sa.Interval(), server_default=sa.text("interval '30 minutes'"), nullable=False
        ),
    )
    op.add_column("sessions", sa.Column("user_agent", sa.Text(), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("address", sa.Text(), server_default="", nullable=False))
    make_shares()
    make_known_browsers()
    make_access_links()
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("blocked_until", MOMENT),
    )
    op.create_index("ix_throttles_failed_at", "throttles", ["failed_at"])
    allow_actions(ACTIONS)
    op.create_index("ix_audit_log_action_id", "audit_log", ["action", "id"])
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.execute("DROP TRIGGER audit_log_append_only ON audit_log")
    # TRUNCATE too: one of users with CASCADE would take the log along.
    op.execute(
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_update()"
    )


def make_shares() -> None:
    op.create_table(
        "shares",
        sa.Column(
            "job_id", sa.BigInteger(), sa.ForeignKey("jobs.id", name="fk_shares_job_id"), nullable=False
        ),
        user_key("shares", "user_id", nullable=False),
        user_key("shares", "shared_by"),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "user_id", name="pk_shares"),
    )
    op.create_index("ix_shares_user_id_job_id", "shares", ["user_id", "job_id"])


def make_known_browsers() -> None:
    op.create_table(
        "known_browsers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        user_key("known_browsers", "user_id", nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False, unique=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("seen_at", MOMENT, server_default=NOW, nullable=False),
    )
    op.create_index("ix_known_browsers_user_id", "known_browsers", ["user_id"])


def make_access_links() -> None:
    roles = "role IN ('operator', 'reviewer', 'administrator')"
    op.create_table(
        "access_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False, unique=True),
        sa.Column("email", sa.Text()),
        sa.Column("role", sa.Text()),
        user_key("access_links", "user_id"),
        user_key("access_links", "made_by"),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.CheckConstraint("kind IN ('invitation', 'reset')", name=op.f("ck_access_links_kind")),
        sa.CheckConstraint("(kind = 'reset') = (user_id IS NOT NULL)", name=op.f("ck_access_links_whose")),
        sa.CheckConstraint(
            "(kind = 'invitation') = (email IS NOT NULL AND role IS NOT NULL)",
            name=op.f("ck_access_links_for_whom"),
        ),
        sa.CheckConstraint(roles, name=op.f("ck_access_links_role")),
    )
    op.create_index("ix_access_links_user_id", "access_links", ["user_id"])


def allow_actions(actions: str) -> None:
    op.drop_constraint("ck_audit_log_action", "audit_log")
    # An entry of before the change is one of its actions; of after it, a downgrade refuses to lose it.
    op.create_check_constraint(op.f("ck_audit_log_action"), "audit_log", f"action IN ({actions})")


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_log_append_only ON audit_log")
    op.execute(
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE ON audit_log"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_update()"
    )
    op.drop_index("ix_audit_log_at", "audit_log")
    op.drop_index("ix_audit_log_action_id", "audit_log")
    allow_actions(ACTIONS_BEFORE)
    for table in ("throttles", "access_links", "known_browsers", "shares"):
        op.drop_table(table)
    for column in ("address", "user_agent", "idle_limit", "seen_at"):
        op.drop_column("sessions", column)
    op.drop_column("users", "deactivated_at")
    op.add_column("users", sa.Column("locked_until", MOMENT))
    op.add_column("users", sa.Column("failed_sign_ins", sa.BigInteger(), server_default="0", nullable=False))
