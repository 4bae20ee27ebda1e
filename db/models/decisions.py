"""The log of decisions, and what taking one back needs."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, job_key, row_id


class IssueResolution(Base):
    """One entry of the decision log. Append-only; names rows and e-mails, never an issue's id.

    The seal is a hash of the rest, which the database writes: an entry that was changed does not fit it.
    """

    __tablename__ = "issue_resolutions"
    __table_args__ = (
        CheckConstraint(
            "action IN ('choose', 'merge', 'edit', 'accept', 'skip', 'undo')",
            name="action",
        ),
        Index("ix_issue_resolutions_job_id_id", "job_id", "id"),
        Index(
            "ix_issue_resolutions_job_id_row_number",
            "job_id",
            "row_number",
            postgresql_where=text("row_number IS NOT NULL"),
        ),
        Index(
            "ix_issue_resolutions_job_id_email",
            "job_id",
            "email",
            postgresql_where=text("email IS NOT NULL"),
        ),
        Index("ix_issue_resolutions_caused_by", "caused_by", postgresql_where=text("caused_by IS NOT NULL")),
        Index("ix_issue_resolutions_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index(
            "ix_issue_resolutions_singly",
            "job_id",
            "id",
            postgresql_where=text("caused_by IS NULL AND batch_id IS NULL"),
        ),
        Index("ix_issue_resolutions_reverses", "reverses", postgresql_where=text("reverses IS NOT NULL")),
    )

    id: Mapped[int] = row_id()
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    action: Mapped[str]
    issue_type: Mapped[str]
    row_number: Mapped[int | None]
    email: Mapped[str | None]
    values_json: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    decided_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())
    batch_id: Mapped[UUID | None]
    caused_by: Mapped[int | None] = mapped_column(ForeignKey("issue_resolutions.id"))
    reverses: Mapped[int | None] = mapped_column(ForeignKey("issue_resolutions.id"))
    seal: Mapped[str | None]


class BulkDecision(Base):
    """Decisions made as one, by their batch: what was asked for, and how many issues of each type."""

    __tablename__ = "bulk_decisions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), index=True)
    first_resolution_id: Mapped[int] = mapped_column(ForeignKey("issue_resolutions.id"), index=True)
    request_json: Mapped[dict[str, Any]]
    decided_json: Mapped[dict[str, Any]]


class ResolutionRow(Base):
    """A row that a decision touched: one that it is about, or that what followed from it is about.

    Derived, as the images are; both go when the decision is undone.
    """

    __tablename__ = "resolution_rows"
    __table_args__ = (Index("ix_resolution_rows_resolution_id", "resolution_id"),)

    job_id: Mapped[int] = job_key()
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    resolution_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class BeforeImage(Base):
    """What a derived row was before a decision changed it, for its undo; None: there was none.

    The key is a row's number, an issue's type and key with a space between, or the e-mail of a group.
    """

    __tablename__ = "before_images"
    __table_args__ = (
        CheckConstraint("kind IN ('row', 'issue', 'members')", name="kind"),
        Index("ix_before_images_job_id_kind_key", "job_id", "kind", "key"),
    )

    job_id: Mapped[int]
    resolution_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    before_json: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
