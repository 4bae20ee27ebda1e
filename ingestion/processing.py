"""From a stored file to raw rows, issues and duplicate groups: what a worker does with an upload."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func

from db.engine import Sessions
from db.models import Job
from db.queries import jobs, rows
from ingestion import finalization, loading
from ingestion.csv_file.records import open_contacts
from ingestion.errors import QueueUnavailable, UnreadableFile
from ingestion.rules.lifecycle import JobStatus, may_move
from ingestion.rules.validation import RULES_VERSION
from ingestion.storage import Bucket

logger = logging.getLogger(__name__)

_SILENT_AFTER = dt.timedelta(seconds=30)
"""A worker writes a sign of life every second or so while it reads; one silent this long may be dead."""
_UPLOAD_TAKES_AT_MOST = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class _Task:
    job_id: int
    file_key: str


def process(sessions: Sessions, bucket: Bucket, job_id: int, *, max_attempts: int) -> None:
    """Process a PENDING job to NEEDS_REVIEW, COMPLETED or, for a file that cannot be read, FAILED.

    May be called any number of times, by several workers at once: one of them works, and a job that is past
    this step is left alone. What interrupts it leaves nothing behind; other errors are the caller's to retry.
    """
    with sessions.begin() as work:
        if not jobs.try_lock(work, job_id):
            logger.info("job %d: another worker has it", job_id)
            return
        task = _begin(sessions, job_id, max_attempts)
        if task is not None:
            try:
                with bucket.local_copy(task.file_key) as path, open_contacts(path) as file:
                    rows.delete_derived(work, job_id)
                    loaded = loading.load(work, job_id, file, _progress_of(sessions, job_id))
            except UnreadableFile as error:
                work.rollback()
                fail(sessions, job_id, str(error))
                return
            rows.analyze(work)
            jobs.change(
                work,
                job_id,
                status=JobStatus.NEEDS_REVIEW if loaded.issues else JobStatus.FINALIZING,
                columns=file.columns,
                parse_options={
                    "encoding": "utf-8",
                    "delimiter": file.delimiter,
                    "contact_columns": file.contact_columns.as_json(),
                },
                rules_version=RULES_VERSION,
                total_rows=loaded.total_rows,
                processed_rows=loaded.total_rows,
                processed_bytes=Job.file_size,
                valid_rows=loaded.valid_rows,
                conflict_count=loaded.issues.total(),
                processed_at=func.clock_timestamp(),
                heartbeat_at=func.clock_timestamp(),
            )
            logger.info("job %d: %d rows, issues: %s", job_id, loaded.total_rows, dict(loaded.issues))
    finalization.finalize(sessions, job_id)


def fail(sessions: Sessions, job_id: int, message: str) -> None:
    """End a job that cannot be processed, with what a person can do about it. A later status is kept."""
    with sessions.begin() as session:
        job = jobs.find(session, job_id, lock=True)
        if job is not None and may_move(job.status, JobStatus.FAILED):
            job.status = JobStatus.FAILED
            job.error_message = message
            logger.warning("job %d failed: %s", job_id, message)


def requeue_lost(
    sessions: Sessions,
    enqueue_process: Callable[[int, str], None],
    enqueue_finalize: Callable[[int], None],
    *,
    waiting_longer_than: dt.timedelta,
) -> int:
    """Send jobs in flight to the workers again whose message seems lost; returns how many.

    A message too many does no harm, so this may run anywhere at any time; each job is sent at most once in
    `waiting_longer_than`.
    """
    now = dt.datetime.now(dt.UTC)
    with sessions.begin() as session:
        jobs.fail_interrupted_uploads(
            session,
            begun_before=now - _UPLOAD_TAKES_AT_MOST,
            message="The upload was interrupted before the file had arrived. Upload the file again.",
        )
        lost = jobs.claim_lost(
            session,
            waiting_since=now - waiting_longer_than,
            silent_since=now - min(_SILENT_AFTER, waiting_longer_than),
        )
    for job in lost:
        try:
            if job.status == JobStatus.FINALIZING:
                enqueue_finalize(job.id)
            else:
                enqueue_process(job.id, job.file_key)
        except QueueUnavailable:
            logger.warning("the queue does not answer; lost jobs wait", exc_info=True)
            break
    return len(lost)


def _begin(sessions: Sessions, job_id: int, max_attempts: int) -> _Task | None:
    """Mark the job PROCESSING in a transaction of its own. None: there is nothing to process."""
    with sessions.begin() as session:
        job = jobs.find(session, job_id, lock=True)
        if job is None or not may_move(job.status, JobStatus.PROCESSING):
            return None
        if job.attempt >= max_attempts:
            job.status = JobStatus.FAILED
            job.error_message = (
                f"Processing stopped {job.attempt} times without an answer, most likely because a worker ran "
                "out of memory or was shut down. Try again; if it stops again, split the file."
            )
            return None
        job.status = JobStatus.PROCESSING
        job.attempt += 1
        job.processed_rows = job.processed_bytes = 0
        job.started_at = job.heartbeat_at = dt.datetime.now(dt.UTC)
        return _Task(job.id, job.file_key)


def _progress_of(sessions: Sessions, job_id: int) -> loading.Progress:
    def report(done_rows: int, done_bytes: int) -> None:
        # Of its own transaction: the one that loads is seen by nobody until its end.
        with sessions.begin() as session:
            jobs.change(
                session,
                job_id,
                processed_rows=done_rows,
                processed_bytes=done_bytes,
                heartbeat_at=func.clock_timestamp(),
            )

    return report
