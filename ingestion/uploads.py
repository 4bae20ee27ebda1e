"""Uploads as people see them: submit, list, look at, retry. One upload is one job."""

import datetime as dt
import hashlib
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import jobs
from ingestion.errors import Conflict, NotFound, QueueUnavailable, RefusedUpload, StorageUnavailable
from ingestion.rules.lifecycle import IN_FLIGHT, JobStatus
from ingestion.rules.validation import ContactColumns
from ingestion.settings import MEGABYTE
from ingestion.storage import Bucket

logger = logging.getLogger(__name__)

Enqueue = Callable[[int, str], None]
"""Sends a job's id and file key to the workers. Raises QueueUnavailable."""

CONTENT_TYPE = "text/csv"
PAGE_SIZE = 50
_MAX_NAME_LENGTH = 255


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
    progress: float
    """Of the file, from 0 to 1."""
    valid_rows: int
    open_issues: int
    error_message: str | None
    attempt: int
    created_at: dt.datetime
    started_at: dt.datetime | None
    processed_at: dt.datetime | None
    completed_at: dt.datetime | None

    @property
    def in_flight(self) -> bool:
        """Whether it changes by itself."""
        return self.status in IN_FLIGHT


def submit(
    sessions: Sessions,
    bucket: Bucket,
    enqueue: Enqueue,
    *,
    user_id: int,
    filename: str,
    content: bytes,
    max_bytes: int,
) -> int:
    """Store a file and have it processed; returns the job's id, the job PENDING.

    Raises RefusedUpload when the file is not taken and StorageUnavailable when it could not be stored: then
    there is no job. A queue that is down delays the job, no more: it is enqueued again by itself.
    """
    check(filename, len(content), max_bytes)
    with sessions.begin() as session:
        job_id = jobs.next_id(session)
        file_key = f"uploads/u{user_id}/job-{job_id}.csv"
        jobs.add(
            session,
            id=job_id,
            user_id=user_id,
            status=JobStatus.UPLOADING,
            original_filename=_safe_name(filename),
            file_key=file_key,
            file_size=len(content),
            file_sha256=sha256_of(content),
        )
    try:
        bucket.put(file_key, io.BytesIO(content), CONTENT_TYPE)
    except StorageUnavailable:
        with sessions.begin() as session:
            jobs.remove(session, job_id)
        raise
    with sessions.begin() as session:
        job = owned(session, user_id, job_id, lock=True)
        job.status = JobStatus.PENDING
        job.error_message = None
        job.enqueued_at = func.now()
    hand_over(sessions, job_id, lambda: enqueue(job_id, file_key))
    return job_id


def check(filename: str, size: int, max_bytes: int) -> None:
    """Raise RefusedUpload unless a file of this name and size (bytes) is taken."""
    if not filename.lower().endswith(".csv"):
        raise RefusedUpload(f"{filename} is not a .csv file. Export the contacts as CSV and upload that.")
    if size == 0:
        raise RefusedUpload(f"{filename} is empty. Export the contacts again and upload the new file.")
    if size > max_bytes:
        raise RefusedUpload(
            f"{filename} has {size / MEGABYTE:.2f} MB; at most {max_bytes // MEGABYTE} MB are taken. "
            "Split the file and upload the parts."
        )


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
        return upload_of(owned(session, user_id, job_id))


def retry(sessions: Sessions, enqueue: Enqueue, user_id: int, job_id: int) -> None:
    """Have a FAILED upload processed again from its stored file. Raises NotFound, Conflict."""
    with sessions.begin() as session:
        job = owned(session, user_id, job_id, lock=True)
        if job.status != JobStatus.FAILED:
            raise Conflict("Only a failed upload can be tried again. Reload the page to see where it stands.")
        job.status = JobStatus.PENDING
        job.attempt = 0
        job.error_message = None
        job.enqueued_at = dt.datetime.now(dt.UTC)
        file_key = job.file_key
    hand_over(sessions, job_id, lambda: enqueue(job_id, file_key))


def owned(session: Session, user_id: int, job_id: int, *, lock: bool = False) -> Job:
    """The job if it is the user's. Raises NotFound, also for somebody else's."""
    job = jobs.find(session, job_id, lock=lock)
    if job is None or job.user_id != user_id:
        raise NotFound("There is no such upload, or it belongs to somebody else.")
    return job


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
        progress=min(job.processed_bytes / max(job.file_size, 1), 1.0),
        valid_rows=job.valid_rows,
        open_issues=job.conflict_count,
        error_message=job.error_message,
        attempt=job.attempt,
        created_at=job.created_at,
        started_at=job.started_at,
        processed_at=job.processed_at,
        completed_at=job.completed_at,
    )


def hand_over(sessions: Sessions, job_id: int, send: Callable[[], None]) -> None:
    """Send a job to the workers; where the queue does not answer it waits, and is sent again by itself."""
    try:
        send()
    except QueueUnavailable:
        logger.warning("job %d waits: the queue does not answer", job_id, exc_info=True)
        with sessions.begin() as session:
            jobs.change(session, job_id, enqueued_at=None)


def _safe_name(filename: str) -> str:
    """The name without folders and NUL, and no longer than file systems take."""
    name = filename.replace("\0", "").replace("\\", "/").rsplit("/", 1)[-1]
    return name if len(name) <= _MAX_NAME_LENGTH else f"{name[: _MAX_NAME_LENGTH - 4]}.csv"
