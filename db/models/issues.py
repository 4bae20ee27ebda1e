"""What a person has to decide."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, job_key, row_id


class Issue(Base):
    """A question that a machine must not decide alone.

    The key is the row's number, or a duplicate group's e-mail; the row number of a group is its first row's.
    """

    __tablename__ = "issues"
    __table_args__ = (
        UniqueConstraint("job_id", "type", "key"),
        CheckConstraint("status IN ('OPEN', 'RESOLVED')", name="status"),
        CheckConstraint(
            "type IN ('MALFORMED_ROW', 'MISSING_EMAIL', 'INVALID_EMAIL_FORMAT', 'MISSING_FIRST_NAME',"
            " 'MISSING_LAST_NAME', 'MISSING_COMPANY', 'DUPLICATE_EMAIL')",
            name="type",
        ),
        Index("ix_issues_job_id_status_row_number_id", "job_id", "status", "row_number", "id"),
        # Whoever deletes a decision is asked whether an issue names it.
        Index("ix_issues_resolution_id", "resolution_id", postgresql_where=text("resolution_id IS NOT NULL")),
    )

    id: Mapped[int] = row_id()
    job_id: Mapped[int]
    type: Mapped[str]
    key: Mapped[str]
    row_number: Mapped[int]
    payload_json: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(server_default="OPEN")
    version: Mapped[int] = mapped_column(server_default="1")
    resolution_id: Mapped[int | None] = mapped_column(ForeignKey("issue_resolutions.id"))


class IssueRow(Base):
    """A row that shares its e-mail with another: a member of a group, named by its job and normalized e-mail.

    Of a group that nobody is asked about, its rows being one person, the first row is kept.
    """

    __tablename__ = "issue_rows"

    job_id: Mapped[int] = job_key()
    email: Mapped[str] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
