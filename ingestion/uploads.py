"""Uploads as people see them: submit, list, look at, retry. One upload is one job."""

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass

from db.engine import Sessions
from db.models import Job
from db.queries import jobs
from ingestion import tombstones
from ingestion.accepted_files import (
    MAX_WORKBOOK_BYTES,
    check,
    check_workbook,
    content_type_of,
    file_key_of,
    safe_name,
)
from ingestion.access import permitted
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import certain_options
from ingestion.errors import Conflict, NotFound, QueueUnavailable, StorageUnavailable
from ingestion.rules.lifecycle import CHECKED, IN_FLIGHT, JobStatus
from ingestion.rules.permissions import Permission
from ingestion.rules.validation import ContactColumns
from ingestion.storage import Bucket
from ingestion.telemetry import metrics, traces
from ingestion.telemetry.logs import get_logger
from ingestion.upload_rate import require_room

logger = get_logger(__name__)

Enqueue = Callable[[int, str], None]
"""Sends a job's id and file key to the workers. Raises QueueUnavailable."""

PAGE_SIZE = 50

_AWAITS_ITS_FILE = (JobStatus.UPLOADING, JobStatus.FAILED)
"""Of an upload that took very long another may have said that it broke off, or that it has arrived."""


@dataclass(frozen=True)
class Pace:
    """How fast a file is being read, on the average since it was begun."""

    rows_per_second: float
    bytes_per_second: float
    seconds_left: float
    """Until the last byte is read."""


@dataclass(frozen=True)
class Upload:
    """A job at one moment. Times are in UTC."""

    id: int
    status: JobStatus
    filename: str
    file_size: int
    columns: tuple[str, ...]
    contact_columns: ContactColumns | None
    total_rows: int
    processed_rows: int
    processed_bytes: int
    """Of the file, while it is sent or read."""
    progressed_at: dt.datetime | None
    """When rows and bytes were counted."""
    valid_rows: int
    open_issues: int
    error_message: str | None
    """Why it failed, or why its last attempt did where there will be another."""
    attempt: int
    """The number of the last attempt at the present step, from 1; 0 before the first."""
    next_attempt_at: dt.datetime | None
    """When it is tried again after an attempt that failed."""
    created_at: dt.datetime
    arrived_at: dt.datetime | None
    can_be_retried: bool
    """Whether it failed although it is settled how its file is read."""
    started_at: dt.datetime | None
    processed_at: dt.datetime | None
    completed_at: dt.datetime | None

    @property
    def awaits_columns(self) -> bool:
        """Whether its file is stored and somebody has to say how it is read."""
        return self.status is JobStatus.UPLOADING and self.arrived_at is not None

    @property
    def in_flight(self) -> bool:
        """Whether it changes by itself."""
        return self.status in IN_FLIGHT and not self.awaits_columns

    @property
    def is_checked(self) -> bool:
        """Whether its file has been read and its rows are checked."""
        return self.status in CHECKED

    @property
    def progress(self) -> float:
        """Of the file, from 0 to 1."""
        return min(self.processed_bytes / max(self.file_size, 1), 1.0)

    @property
    def pace(self) -> Pace | None:
        """How fast it is being read, once that can be told."""
        if self.status is not JobStatus.PROCESSING or not self.started_at or not self.progressed_at:
            return None
        seconds = (self.progressed_at - self.started_at).total_seconds()
        if seconds <= 0 or not self.processed_bytes:
            return None
        return Pace(
            rows_per_second=self.processed_rows / seconds,
            bytes_per_second=self.processed_bytes / seconds,
            seconds_left=seconds * (self.file_size / self.processed_bytes - 1),
        )


@traces.span("uploads.submit")
def submit(
    sessions: Sessions,
    bucket: Bucket,
    enqueue: Enqueue,
    *,
    user_id: int,
    filename: str,
    content: bytes,
    max_bytes: int,
    max_workbook_bytes: int = MAX_WORKBOOK_BYTES,
    options: ParseOptions | None = None,
    per_hour: int | None = None,
) -> int:
    """Store a file and have it processed; returns the job's id, the job PENDING.

    `options` say how it is read; without them that must be beyond doubt. The user may upload `per_hour` files
    (None: any number); TooManyUploads says when the next. Raises RefusedUpload when the file is not taken,
    UnreadableFile when it is no contact list, and StorageUnavailable when it could not be stored: then the
    job is deleted. A queue that is down delays the job, no more: it is enqueued again by itself.
    """
    check(filename, len(content), max_bytes, max_workbook_bytes)
    options = options or certain_options(content, max_bytes)
    if options.sheet is not None:  # whatever its name says
        check_workbook(filename, len(content), max_workbook_bytes)
    with sessions.begin() as session:
        require_room(session, user_id, per_hour)
        job_id = jobs.next_id(session)
        traces.about_job(job_id)
        file_key = file_key_of(user_id, job_id, filename)
        jobs.add(
            session,
            id=job_id,
            user_id=user_id,
            status=JobStatus.UPLOADING,
            original_filename=safe_name(filename),
            file_key=file_key,
            file_size=len(content),
            file_sha256=sha256_of(content),
            parse_options=options.as_json(),
        )
    try:
        bucket.put(file_key, io.BytesIO(content), content_type_of(filename))
    except StorageUnavailable:
        tombstones.abandon(sessions, job_id)
        raise
    try:
        with sessions.begin() as session:
            job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
            if job.status in _AWAITS_ITS_FILE:
                begin_again(job)
    except NotFound:  # deleted meanwhile, and perhaps purged before its file was there
        bucket.delete(file_key)
        raise
    logger.info("upload_submitted", job_id=job_id, user_id=user_id, bytes=len(content))
    metrics.arrived("dashboard", len(content))
    hand_over(sessions, job_id, lambda: enqueue(job_id, file_key))
    return job_id


def sha256_of(content: bytes) -> str:
    """The name of a file's content: equal for equal bytes (FIPS 180-4), in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def earlier_with_content(sessions: Sessions, user_id: int, sha256: str) -> Upload | None:
    """The user's newest upload whose content has this SHA-256 and that did not fail, if there is one."""
    with sessions() as session:
        job = jobs.with_content(session, user_id, sha256)
        return upload_of(job) if job else None


def listed(sessions: Sessions, user_id: int, *, before: int | None = None) -> list[Upload]:
    """A page of the user's uploads, newest first, those with a smaller id than `before`."""
    with sessions() as session:
        found = jobs.of_user(session, user_id, before=before, limit=PAGE_SIZE)
        return [upload_of(job) for job in found]


def get(sessions: Sessions, user_id: int, job_id: int) -> Upload:
    """One of the user's uploads. Raises NotFound."""
    with sessions() as session:
        return upload_of(permitted(session, user_id, job_id, Permission.VIEW))


def retry(sessions: Sessions, enqueue: Enqueue, user_id: int, job_id: int) -> None:
    """Have a FAILED upload processed again from its stored file. Raises NotFound, Conflict."""
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
        if job.status != JobStatus.FAILED:
            raise Conflict("Only a failed upload can be tried again. Reload the page to see where it stands.")
        if not job.parse_options:
            raise Conflict(
                "It was never settled how this file is read. Read it another way, or upload it again."
            )
        begin_again(job)
    logger.info("upload_retried", job_id=job_id, user_id=user_id)
    hand_over(sessions, job_id, lambda: enqueue(job_id, job.file_key))


def begin_again(job: Job) -> None:
    """Have a job's stored file wait for a worker, whatever became of it before."""
    job.status = JobStatus.PENDING
    job.attempt = 0
    job.error_message = None
    job.next_attempt_at = None
    job.enqueued_at = dt.datetime.now(dt.UTC)


def begin_finalizing(job: Job) -> None:
    """Have a reviewed job wait for a worker that makes its contacts."""
    job.status = JobStatus.FINALIZING
    job.attempt = 0
    job.error_message = None
    job.next_attempt_at = None
    job.enqueued_at = dt.datetime.now(dt.UTC)


def upload_of(job: Job) -> Upload:
    """What people see of a job."""
    mapping = job.parse_options.get("contact_columns")
    return Upload(
        id=job.id,
        status=JobStatus(job.status),
        filename=job.original_filename,
        file_size=job.file_size,
        columns=tuple(job.columns),
        contact_columns=ContactColumns(**mapping) if mapping else None,
        total_rows=job.total_rows,
        processed_rows=job.processed_rows,
        processed_bytes=job.processed_bytes,
        progressed_at=job.heartbeat_at,
        valid_rows=job.valid_rows,
        open_issues=job.conflict_count,
        error_message=job.error_message,
        attempt=job.attempt,
        next_attempt_at=job.next_attempt_at,
        created_at=job.created_at,
        arrived_at=job.arrived_at,
        can_be_retried=job.status == JobStatus.FAILED and bool(job.parse_options),
        started_at=job.started_at,
        processed_at=job.processed_at,
        completed_at=job.completed_at,
    )


def hand_over(sessions: Sessions, job_id: int, send: Callable[[], None]) -> None:
    """Send a job to the workers; where the queue does not answer it waits, and is sent again by itself."""
    try:
        send()
    except QueueUnavailable:
        logger.warning("job_waits_for_queue", job_id=job_id, exc_info=True)
        with sessions.begin() as session:
            jobs.change(session, job_id, enqueued_at=None)
