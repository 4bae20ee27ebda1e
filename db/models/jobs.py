"""Uploaded files, and the processes that work on them."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, now, row_id


class Job(Base):
    """One uploaded file and where it stands. Counters live here so that no page counts a million rows.

    A file that the browser sends straight to S3 has an `upload_id` until it has been taken over, and
    `arrived_at` from then on. Nobody here has read it: its `file_sha256` is the browser's fingerprint of it,
    and `file_modified_ms` when the browser says that it was modified, in milliseconds since 1970. The
    `content_sha256` is of the bytes that were processed.

    `worker_id` and `taken_at` say who works on it, and since when: a record for people. What keeps others
    away is a lock on the job, which ends with whoever holds it. `next_attempt_at` is when a job that failed
    for a reason that passes is tried again. A job with `deleted_at` is hidden, and goes with all it has:
    `purged_json` counts what has gone, by table.
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
        Index("ix_jobs_failed", "id", postgresql_where=text("status = 'FAILED'")),
        Index("ix_jobs_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: Mapped[int] = row_id()
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
    created_at: Mapped[dt.datetime] = now()
    enqueued_at: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    heartbeat_at: Mapped[dt.datetime | None]
    processed_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    completed_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    upload_id: Mapped[str | None]
    arrived_at: Mapped[dt.datetime | None]
    file_modified_ms: Mapped[int | None]
    worker_id: Mapped[str | None]
    taken_at: Mapped[dt.datetime | None]
    next_attempt_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    purged_json: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class Share(Base):
    """Somebody beside its owner who sees a job and works on it, as far as their role goes."""

    __tablename__ = "shares"
    __table_args__ = (Index("ix_shares_user_id_job_id", "user_id", "job_id"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    shared_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[dt.datetime] = now()


class ColumnMapping(Base):
    """Which columns a user confirmed for files with these columns: field to name, and the order of names."""

    __tablename__ = "column_mappings"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    names_sha256: Mapped[str] = mapped_column(primary_key=True)
    mapping_json: Mapped[dict[str, Any]]
    confirmed_at: Mapped[dt.datetime] = now()


class Worker(Base):
    """A process that takes jobs, as of its last sign of life. One that stopped in order has no row."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[dt.datetime] = now()
    seen_at: Mapped[dt.datetime] = now()
    task: Mapped[str | None]
    job_id: Mapped[int | None]
    busy_since: Mapped[dt.datetime | None]
