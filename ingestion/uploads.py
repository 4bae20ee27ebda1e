"""Uploads: submit, retry, hand over to the workers. One upload is one job."""

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

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
from ingestion.access import permitted, require_without_upload
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import certain_options
from ingestion.errors import Conflict, NotAllowed, NotFound, QueueUnavailable, StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.storage import Bucket
from ingestion.telemetry import metrics, traces
from ingestion.telemetry.logs import get_logger
from ingestion.upload_rate import require_room
from ingestion.viewing import Upload, upload_of

logger = get_logger(__name__)

Enqueue = Callable[[int, str], None]
"""Sends a job's id and file key to the workers. Raises QueueUnavailable."""

_AWAITS_ITS_FILE = (JobStatus.UPLOADING, JobStatus.FAILED)
"""Of an upload that took very long another may have said that it broke off, or that it has arrived."""


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
    (None: any number); TooManyUploads says when the next. Raises NotAllowed; RefusedUpload when the file is
    not taken, UnreadableFile when it is no contact list, and StorageUnavailable when it could not be stored:
    then the job is deleted. A queue that is down delays the job, no more: it is enqueued again by itself.
    """
    check(filename, len(content), max_bytes, max_workbook_bytes)
    options = options or certain_options(content, max_bytes)
    if options.sheet is not None:  # whatever its name says
        check_workbook(filename, len(content), max_workbook_bytes)
    with sessions.begin() as session:
        job_id, file_key = add_job(
            session,
            user_id,
            filename,
            per_hour,
            file_size=len(content),
            file_sha256=sha256_of(content),
            parse_options=options.as_json(),
        )
        traces.about_job(job_id)
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
    except (NotFound, NotAllowed):  # deleted meanwhile and perhaps purged, or they upload no more
        bucket.delete(file_key)
        raise
    logger.info("upload_submitted", job_id=job_id, user_id=user_id, bytes=len(content))
    metrics.arrived("dashboard", len(content))
    hand_over(sessions, job_id, lambda: enqueue(job_id, file_key))
    return job_id


def add_job(
    session: Session, user_id: int, filename: str, per_hour: int | None, **columns: Any
) -> tuple[int, str]:
    """The id and the file key of a new job, UPLOADING, with these `columns` beside its own.

    Raises NotAllowed for those who do not upload; TooManyUploads for who began `per_hour` within the hour.
    """
    require_without_upload(session, user_id, Permission.UPLOAD)
    require_room(session, user_id, per_hour)
    job_id = jobs.next_id(session)
    file_key = file_key_of(user_id, job_id, filename)
    jobs.add(
        session,
        id=job_id,
        user_id=user_id,
        status=JobStatus.UPLOADING,
        original_filename=safe_name(filename),
        file_key=file_key,
        **columns,
    )
    return job_id, file_key


def sha256_of(content: bytes) -> str:
    """The name of a file's content: equal for equal bytes (FIPS 180-4), in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def earlier_with_content(sessions: Sessions, user_id: int, sha256: str) -> Upload | None:
    """The user's own newest upload whose content has this SHA-256 and that did not fail, if there is one.

    Raises NotAllowed for those who do not upload.
    """
    with sessions() as session:
        require_without_upload(session, user_id, Permission.UPLOAD)
        job = jobs.with_content(session, user_id, sha256)
        return upload_of(job) if job else None


def retry(sessions: Sessions, enqueue: Enqueue, user_id: int, job_id: int) -> None:
    """Have a FAILED upload processed again from its stored file. Raises NotFound, NotAllowed, Conflict."""
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
        if job.status != JobStatus.FAILED:
            raise Conflict("Only a failed upload can be tried again. Look again where it stands.")
        if not job.parse_options:
            raise Conflict(
                "It was never settled how this file is read. Read it another way, or upload it again."
            )
        begin_again(job)
    logger.info("upload_retried", job_id=job_id, user_id=user_id)
    hand_over(sessions, job_id, lambda: enqueue(job_id, job.file_key))


def begin_again(job: Job) -> None:
    """Have a job's stored file wait for a worker, whatever became of it before."""
    _begin(job, JobStatus.PENDING)


def begin_finalizing(job: Job) -> None:
    """Have a reviewed job wait for a worker that makes its contacts."""
    _begin(job, JobStatus.FINALIZING)


def _begin(job: Job, status: JobStatus) -> None:
    job.status = status
    job.attempt = 0
    job.error_message = None
    job.next_attempt_at = None
    job.enqueued_at = dt.datetime.now(dt.UTC)


def hand_over(sessions: Sessions, job_id: int, send: Callable[[], None]) -> None:
    """Send a job to the workers; where the queue does not answer it waits, and is sent again by itself."""
    try:
        send()
    except QueueUnavailable:
        logger.warning("job_waits_for_queue", job_id=job_id, exc_info=True)
        with sessions.begin() as session:
            jobs.change(session, job_id, enqueued_at=None)
