"""What people did to the installation rather than to an upload's rows."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, row_id


class AuditEntry(Base):
    """Who did what, when, and why. Append-only; without a user the product did it by itself.

    It names a job by its number only, and outlives it.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        CheckConstraint(
            "action IN ('delete_upload', 'purge_upload', 'send_back_letter', 'discard_letter', 'sign_in',"
            " 'sign_in_refused', 'sign_in_paused', 'sign_out', 'end_sessions', 'make_account', 'invite',"
            " 'withdraw_link', 'change_role', 'deactivate_account', 'activate_account', 'offer_reset',"
            " 'change_password', 'share_upload', 'unshare_upload', 'export_contacts', 'export_rows',"
            " 'export_summary', 'export_audit')",
            name="action",
        ),
        Index(None, "action", "id"),
    )

    id: Mapped[int] = row_id()
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str]
    job_id: Mapped[int | None] = mapped_column(index=True)
    detail_json: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
