"""The tables. What their values mean is decided in `ingestion.rules`; here they are columns and checks."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of the models: 64-bit keys, times with zone, text without length, cells as JSONB."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        str: Text,
        int: BigInteger,
        dt.datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
    }


def _id() -> Mapped[int]:
    return mapped_column(Identity(), primary_key=True)


def _now() -> Mapped[dt.datetime]:
    return mapped_column(server_default=func.now())


def _job_key() -> Mapped[int]:
    # No foreign key: these tables are loaded in bulk, and one makes an insert two to three times slower.
    return mapped_column(primary_key=True, autoincrement=False)


class User(Base):
    """Somebody who may sign in."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('operator', 'reviewer', 'administrator')", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[int] = _id()
    email: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="operator")
    failed_sign_ins: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = _now()


class UserSession(Base):
    """One sign-in. Tokens are stored hashed; a ticket is exchanged once for the token of the cookie."""

    __tablename__ = "sessions"

    id: Mapped[int] = _id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    ticket_expires_at: Mapped[dt.datetime | None]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = _now()
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class Job(Base):
    """One uploaded file and where it stands. Counters live here so that no page counts a million rows.

    A file that the browser sends straight to S3 has an `upload_id` until it has been taken over, and
    `arrived_at` from then on. Nobody here has read it: its `file_sha256` is the browser's fingerprint of it,
    and `file_modified_ms` when the browser says that it was modified, in milliseconds since 1970. The
    `content_sha256` is of the bytes that were processed.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "status IN ('UPLOADING', 'PENDING', 'PROCESSING', 'NEEDS_REVIEW', 'FINALIZING', 'COMPLETED',"
            " 'FAILED')",
            name="status",
        ),
        Index("ix_jobs_user_id_id", "user_id", "id"),
        Index("ix_jobs_user_id_file_sha256", "user_id", "file_sha256"),
        Index(
            "ix_jobs_in_flight",
            "enqueued_at",
            postgresql_where=text("status IN ('UPLOADING', 'PENDING', 'PROCESSING', 'FINALIZING')"),
        ),
        Index("ix_jobs_upload_id", "upload_id", postgresql_where=text("upload_id IS NOT NULL")),
    )

    id: Mapped[int] = _id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str]
    original_filename: Mapped[str]
    file_key: Mapped[str] = mapped_column(unique=True)
    file_size: Mapped[int]
    file_sha256: Mapped[str]
    content_sha256: Mapped[str | None]
    columns: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    parse_options: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    rules_version: Mapped[int | None]
    total_rows: Mapped[int] = mapped_column(server_default="0")
    processed_rows: Mapped[int] = mapped_column(server_default="0")
    processed_bytes: Mapped[int] = mapped_column(server_default="0")
    valid_rows: Mapped[int] = mapped_column(server_default="0")
    conflict_count: Mapped[int] = mapped_column(server_default="0")
    error_message: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[dt.datetime] = _now()
    enqueued_at: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    heartbeat_at: Mapped[dt.datetime | None]
    processed_at: Mapped[dt.datetime | None]
    completed_at: Mapped[dt.datetime | None]
    upload_id: Mapped[str | None]
    arrived_at: Mapped[dt.datetime | None]
    file_modified_ms: Mapped[int | None]


class ColumnMapping(Base):
    """Which columns a user confirmed for files with these columns: field to name, and the order of names."""

    __tablename__ = "column_mappings"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    names_sha256: Mapped[str] = mapped_column(primary_key=True)
    mapping_json: Mapped[dict[str, Any]]
    confirmed_at: Mapped[dt.datetime] = _now()


class RawRow(Base):
    """A record as received. Insert-only, and no further index, which would slow loading."""

    __tablename__ = "raw_rows"

    job_id: Mapped[int] = _job_key()
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data_json: Mapped[list[str]]
    normalized_email: Mapped[str | None]
    is_valid: Mapped[bool]


CURRENT_ROWS = Table(
    "current_rows",
    MetaData(),  # a view, of its own: Alembic compares tables only
    Column("job_id", BigInteger),
    Column("row_number", BigInteger),
    Column("data_json", JSONB),
    Column("normalized_email", Text),
    Column("is_valid", Boolean),
    Column("is_skipped", Boolean),
)
"""Rows as they now read: the values that decisions put over them, else those received."""


class RowEdit(Base):
    """What decisions put over a raw row. Derived from the log: `current_rows` joins the two.

    The resolution is the decision that did, not a consequence of it.
    """

    __tablename__ = "row_edits"

    job_id: Mapped[int] = _job_key()
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data_json: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    normalized_email: Mapped[str | None]
    is_valid: Mapped[bool]
    is_skipped: Mapped[bool]
    resolution_id: Mapped[int | None]


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
    )

    id: Mapped[int] = _id()
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

    job_id: Mapped[int] = _job_key()
    email: Mapped[str] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


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

    id: Mapped[int] = _id()
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
    first_resolution_id: Mapped[int] = mapped_column(ForeignKey("issue_resolutions.id"))
    request_json: Mapped[dict[str, Any]]
    decided_json: Mapped[dict[str, Any]]


class ResolutionRow(Base):
    """A row that a decision touched: one that it is about, or that what followed from it is about.

    Derived, as the images are; both go when the decision is undone.
    """

    __tablename__ = "resolution_rows"
    __table_args__ = (Index("ix_resolution_rows_resolution_id", "resolution_id"),)

    job_id: Mapped[int] = _job_key()
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


class FinalContact(Base):
    """A golden record of the newest finalization; other columns in file order."""

    __tablename__ = "final_contacts"

    job_id: Mapped[int] = _job_key()
    email: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    company: Mapped[str]
    other_json: Mapped[list[str]]
    row_number: Mapped[int]


class Finalization(Base):
    """One version of a job's contacts: what it counted, the last decision it saw, the hash of its export."""

    __tablename__ = "finalizations"
    __table_args__ = (UniqueConstraint("job_id", "version"),)

    id: Mapped[int] = _id()
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    version: Mapped[int]
    last_resolution_id: Mapped[int | None]
    total_rows: Mapped[int]
    contact_count: Mapped[int]
    skipped_count: Mapped[int]
    duplicate_count: Mapped[int]
    collapsed_count: Mapped[int]
    export_sha256: Mapped[str]
    created_at: Mapped[dt.datetime] = _now()
